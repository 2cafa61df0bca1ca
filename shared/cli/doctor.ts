import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { Command } from 'commander';
import pc from 'picocolors';
import { dayFrom, endingExemptions, exemptionsOf, isCutOff } from '../engine/duties.ts';
import type { Engine } from '../engine/engine.ts';
import { messageOf } from '../engine/errors.ts';
import type { Ledger, Remediation } from '../ledger/ledger.ts';
import { caller } from './caller.ts';
import { EXIT } from './errors.ts';
import { type CommonOptions, homeRegion, withCommonOptions } from './options.ts';
import { engineFor } from './world.ts';

/** What an examination found, and the mend where something is wrong. */
export interface Diagnosis {
  readonly what: string;
  /** `look`: it works, and somebody should know. */
  readonly state: 'well' | 'look' | 'ill';
  readonly says: string;
  readonly mend: string | null;
}

/** Looks at one thing; what it throws is itself a diagnosis. */
interface Examination {
  readonly what: string;
  /** What to do where it cannot be looked at. */
  readonly mend: string;
  examine(engine: Engine): Promise<Omit<Diagnosis, 'what'>>;
}

const well = (says: string) => ({ state: 'well' as const, says, mend: null });
const look = (says: string, mend: string) => ({ state: 'look' as const, says, mend });
const ill = (says: string, mend: string) => ({ state: 'ill' as const, says, mend });

const DAY = 86_400_000;
/** So many of one kind are named; `history` has them all. */
const NAMED = 5;
const named = (texts: readonly string[]) =>
  [...texts.slice(0, NAMED), ...(texts.length > NAMED ? [`and ${texts.length - NAMED} more`] : [])].join('; ');

const ASIDE: readonly Examination[] = [
  {
    what: 'policy',
    mend: 'see evenkeel controls --help',
    examine: async ({ policy }) => well(`version ${policy.version}`),
  },
  {
    what: 'account',
    mend: 'give credentials that hold: AWS_PROFILE or --profile, and --region',
    examine: async (engine) => well(`${await caller(engine)}, ${homeRegion()}`),
  },
  {
    what: 'notices',
    mend: 'set EVENKEEL_TOPIC_ARN to NoticeTopic of the outputs of the stack, and see that you may read it',
    async examine({ aws }) {
      const TopicArn = process.env.EVENKEEL_TOPIC_ARN;
      if (!TopicArn) return look('EVENKEEL_TOPIC_ARN is not set: this command tells you alone', this.mend);
      const region = TopicArn.split(':')[3] ?? homeRegion();
      const asked = new ListSubscriptionsByTopicCommand({ TopicArn });
      const { Subscriptions = [] } = await aws(region)(SNSClient).send(asked);
      const confirmed = Subscriptions.filter(({ SubscriptionArn = '' }) => SubscriptionArn.startsWith('arn:'));
      if (confirmed.length === 0)
        return look(`nobody reads ${TopicArn}`, `aws sns subscribe --topic-arn ${TopicArn} …`);
      return well(`${TopicArn}, ${confirmed.length} subscribed`);
    },
  },
];

const LEDGER: Examination = {
  what: 'ledger',
  mend: 'set EVENKEEL_TABLE to LedgerTable of the outputs of the stack; see the region and your permissions',
  async examine({ ledger }) {
    const table = process.env.EVENKEEL_TABLE;
    if (!table) return ill('EVENKEEL_TABLE is not set', this.mend);
    await ledger.pauses();
    return well(`${table} answers`);
  },
};

/** What the ledger says. */
const WITHIN = 'see your permissions on the table and its index';
const KEPT: readonly Examination[] = [
  {
    what: 'pauses',
    mend: WITHIN,
    async examine({ ledger }) {
      const pauses = await ledger.pauses();
      if (pauses.length === 0) return well('nothing is paused');
      const says = pauses.map(
        ({ control, by, reason, at }) => `${control ?? 'everything'} since ${at} by ${by}: ${reason}`,
      );
      const [first] = pauses;
      const which = first?.control ? ` --control ${first.control}` : '';
      return look(named(says), `npx evenkeel resume${which} --look`);
    },
  },
  {
    what: 'breakers',
    mend: WITHIN,
    async examine({ ledger }) {
      const open = [...(await ledger.breakers.all())].filter(([, { openedAt }]) => openedAt !== null);
      if (open.length === 0) return well('all are closed');
      const scopes = open.map(([scope]) => scope);
      return look(
        `open: ${named(scopes)}`,
        'npx evenkeel history --since 1h, then: npx evenkeel resume --breaker [--control ID] --look',
      );
    },
  },
  {
    what: 'halted findings',
    mend: WITHIN,
    async examine({ ledger }) {
      const findings = await Array.fromAsync(ledger.openFindings());
      const halted = findings.filter(({ outcome }) => outcome === 'halted');
      if (halted.length === 0) return well(`none; ${findings.length} open in all`);
      const says = halted.map(({ controlId, ref, annotation }) => `${controlId} ${ref.resourceId}: ${annotation}`);
      return look(
        `${halted.length}: ${named(says)}`,
        'change the code that brings it back; or npx evenkeel exempt; or npx evenkeel resume --control ID --resource ID --look',
      );
    },
  },
  {
    what: 'approvals',
    mend: WITHIN,
    async examine({ ledger, clock }) {
      const waiting = await recent(ledger, clock.now(), ({ status }) => status === 'awaitingApproval');
      if (waiting.length === 0) return well('none is waited for');
      const says = waiting.map(({ id, ref, expires }) => `${id} for ${ref.resourceId} until ${expires}`);
      return look(named(says), 'npx evenkeel approve ID, or npx evenkeel reject ID --reason "…"');
    },
  },
  {
    what: 'runs cut off',
    mend: WITHIN,
    async examine({ ledger, clock }) {
      const cutOff = await recent(ledger, clock.now(), (record) => isCutOff(record, clock.now()));
      if (cutOff.length === 0) return well('none');
      return ill(
        named(cutOff.map(({ id, ref }) => `${id} on ${ref.resourceId}`)),
        'npx evenkeel sweep --mode remediate',
      );
    },
  },
  {
    what: 'exemptions',
    mend: WITHIN,
    async examine(engine) {
      const ending = await endingExemptions(engine);
      const today = dayFrom(engine, 0);
      const holding = (await exemptionsOf(engine)).filter(({ expires }) => expires >= today);
      if (ending.length === 0) return well(holding.length === 1 ? '1 holds' : `${holding.length} hold`);
      const says = ending.map(
        ({ control, resource, owner, expires }) => `${control} ${resource} (${owner}) ends on ${expires}`,
      );
      return look(named(says), 'put the resource right, or let it stay for longer: npx evenkeel exempt');
    },
  },
];

/** Records that may still be open: no approval is waited for so long, and no cut-off run goes unseen. */
const recent = async (ledger: Ledger, now: Date, wanted: (record: Remediation) => boolean) =>
  (await Array.fromAsync(ledger.remediations(new Date(now.getTime() - 30 * DAY).toISOString()))).filter(wanted);

export const doctorCommand = () =>
  withCommonOptions(new Command('doctor'))
    .description('What keeps Evenkeel from seeing or acting, each with its mend.')
    .action(doctor);

async function doctor(options: CommonOptions): Promise<void> {
  const engine = engineFor({ ...options, mode: 'detect' });
  let ill = false;
  const show = async (examination: Examination) => {
    const diagnosis = await diagnosed(examination, engine);
    process.stdout.write(options.json ? `${JSON.stringify(diagnosis)}\n` : inWords(diagnosis));
    ill ||= diagnosis.state === 'ill';
    return diagnosis.state;
  };
  for (const examination of ASIDE) await show(examination);
  // A ledger that does not answer has nothing to say about what it holds.
  if ((await show(LEDGER)) !== 'ill') for (const examination of KEPT) await show(examination);
  process.exitCode = ill ? EXIT.failed : EXIT.done;
}

async function diagnosed(examination: Examination, engine: Engine): Promise<Diagnosis> {
  const { what, mend } = examination;
  try {
    return { what, ...(await examination.examine(engine)) };
  } catch (error) {
    return { what, ...ill(`cannot be looked at: ${messageOf(error)}`, mend) };
  }
}

const MARKS = { well: pc.green('✓'), look: pc.yellow('!'), ill: pc.red('✗') };

const inWords = ({ what, state, says, mend }: Diagnosis) =>
  `${MARKS[state]} ${what.padEnd(16)} ${says}\n${mend === null ? '' : `${' '.repeat(19)}${pc.dim(`→ ${mend}`)}\n`}`;
