import type { Logger } from '@aws-lambda-powertools/logger';
import type { AnyControl } from '../control.ts';
import type { Delivery, Engine } from '../engine/context.ts';
import { decide } from '../engine/decisions/decide.ts';
import { messageOf } from '../engine/errors.ts';
import { field, stringOrNull } from '../event.ts';
import { escaped } from '../notify/slack-blocks.ts';
import type { Press } from '../notify/slack-press.ts';
import { post } from '../notify/webhook.ts';
import type { Aws } from '../resource.ts';
import { withoutErrorNames } from '../text.ts';
import { type Clock, MINUTE_MS } from '../time.ts';
import { type KeptPress, pressesIn } from './slack-presses.ts';

/** Slack takes answers for so long; a decision whose outcome could not be posted is not carried out. */
const MAX_AGE_MS = 30 * MINUTE_MS;
const ANSWER_MS = 10_000;

/** What carries a decision out. */
export interface Deciding {
  readonly engine: Engine;
  /** Of the home region, where the table is. */
  readonly aws: Aws;
  readonly accountId: string;
  readonly table: string;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** The controls of a service of this domain. */
  controlsOf(controlId: string): Promise<readonly AnyControl[]>;
}

/** How the ledger names who pressed. */
export const actorOf = ({ user }: Pick<Press, 'user'>): string => `slack:${user.id} (${user.name})`;

const PAST: Readonly<Record<Press['verb'], string>> = { approve: 'Approve', reject: 'Reject', undo: 'Undo' };

/** Carries out the press that a message names, and says in Slack who pressed and what happened. The message decides nothing: what holds is the item that the checked request left, and policy.yml. Throws LeaseHeldError while another run works on the resource. */
export async function carryOut(event: unknown, delivery: Delivery, deciding: Deciding): Promise<void> {
  const { aws, engine, logger, accountId, table } = deciding;
  const id = stringOrNull(field(field(event, 'detail'), 'press')) ?? '';
  const press = /^[0-9a-f]{64}$/.test(id) ? await pressesIn(aws, table).find(id) : null;
  if (press === null) return logger.warn('a message names a press that nobody made', { press: id });
  if (await engine.ledger.wasMarked(`slack|${id}`)) return logger.info('the press was answered before', { press: id });
  const answer = await answerTo(press, delivery);
  logger.info(`${actorOf(press)} ${press.verb} ${press.remediationId}: ${answer}`, { press: id });
  await engine.ledger.markOnce(`slack|${id}`);
  await reply(press, answer, engine.clock).catch((error: unknown) =>
    logger.warn('the answer could not be posted to Slack', { reason: messageOf(error) }),
  );

  async function answerTo(made: KeptPress, { isLastTry }: Delivery): Promise<string> {
    const { verb, controlId, remediationId } = made;
    if (!engine.policy.slackApprovers.includes(made.user.id)) return 'policy.yml does not allow it: nothing was done';
    if (engine.clock.now().getTime() - made.at > MAX_AGE_MS) return 'it came too late, nothing was done: press again';
    const decision = {
      verb,
      id: remediationId,
      controlId,
      by: actorOf(made),
      reason: `${PAST[verb]} pressed in Slack`,
    };
    try {
      return await decide(decision, accountId, engine, await deciding.controlsOf(controlId));
    } catch (error) {
      if (!isLastTry) throw error;
      return `nothing more was done: ${withoutErrorNames(messageOf(error))}`;
    }
  }
}

/** In the thread of the message, for all to see. */
async function reply({ responseUrl, threadTs, user, verb }: Press, answer: string, clock: Clock): Promise<void> {
  const now = () => clock.now().getTime();
  const until = now() + ANSWER_MS;
  const text = `<@${user.id}> pressed ${PAST[verb]}: ${escaped(answer, 2_500)}`;
  const body = {
    text,
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }],
    response_type: 'in_channel',
    replace_original: false,
    ...(threadTs === null ? {} : { thread_ts: threadTs }),
  } as const;
  await post(body, {
    address: async () => new URL(responseUrl),
    remaining: () => until - now(),
    sleep: clock.sleep,
  });
}
