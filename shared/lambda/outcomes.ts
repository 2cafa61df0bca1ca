import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { isAccountId } from '../aws/account-id.ts';
import { awsClients } from '../aws/clients.ts';
import { field, isObject, stringOrNull } from '../event.ts';
import { OUTCOME_VERSION, type OutcomeEvent } from '../notify/outcome.ts';
import { OUTCOMES } from '../result.ts';
import { systemClock } from '../time.ts';
import type { NotTaken } from './deliver.ts';
import { partialResponse, retryLater } from './sqs-batch.ts';

/** The Lambda handler that sends the outcomes of its queue on: as events to the bus of `EVENKEEL_OUTCOMES_BUS`, as findings to Security Hub where `EVENKEEL_SECURITY_HUB` is `true`. Of a batch only what was not taken is retried, by both; what they will never take is logged and done. */
export function createOutcomesHandler(clock = systemClock) {
  const logger = new Logger();
  const aws = awsClients()(process.env.AWS_REGION ?? '');
  const bus = process.env.EVENKEEL_OUTCOMES_BUS ?? '';
  const toSecurityHub = process.env.EVENKEEL_SECURITY_HUB === 'true';
  /** Regions of which it was said that Security Hub is off. */
  const off = new Set<string>();

  async function sendAll(outcomes: readonly OutcomeEvent[]): Promise<readonly NotTaken<OutcomeEvent>[]> {
    const sent = await Promise.all([
      bus === '' ? [] : import('./put-events.ts').then(({ putEvents }) => putEvents(aws, bus, outcomes, clock)),
      toSecurityHub
        ? import('./import-findings.ts').then(({ importFindings }) => importFindings(aws, outcomes, clock))
        : [],
    ]);
    return sent.flat();
  }

  /** Says why an outcome was not taken; gives the reason where it is to be retried. */
  function toRetry({ kind, reason, entry }: NotTaken<OutcomeEvent>): string | null {
    const about = { id: entry.id, controlId: entry.control.id, resourceId: entry.resource.id, reason };
    if (kind === 'off') {
      if (!off.has(entry.region))
        logger.warn(`Security Hub is off in ${entry.region}: its findings are not sent`, { reason });
      off.add(entry.region);
      return null;
    }
    if (kind !== 'invalid') return reason;
    logger.error('an outcome is refused for good, and is not sent again', about);
    return null;
  }

  async function send({ Records }: SQSEvent): Promise<SQSBatchResponse> {
    const read = new Map(Records.map((record) => [record.messageId, outcomeIn(record)]));
    const outcomes = [...read.values()].filter((one) => one !== null);
    const failures = new Map<OutcomeEvent, string>();
    for (const one of await sendAll(outcomes)) {
      const reason = toRetry(one);
      if (reason !== null) failures.set(one.entry, reason);
    }
    logger.info(`sent on: ${outcomes.length - failures.size} of ${Records.length} outcomes`);
    const onFailure = retryLater(logger, aws);
    return partialResponse(Records, async (record) => {
      const outcome = read.get(record.messageId) ?? null;
      const reason = outcome === null ? 'the message is no outcome of this version' : failures.get(outcome);
      if (reason === undefined) return;
      const error = new Error(reason);
      await onFailure(error, record);
      throw error;
    });
  }

  async function handle(event: unknown): Promise<SQSBatchResponse> {
    if (!isObject(event) || !Array.isArray(event.Records)) throw new Error('the event holds no records of a queue');
    return send(event as unknown as SQSEvent);
  }

  return middy(handle).use(injectLambdaContext(logger, { resetKeys: true }));
}

/** Null where a message is none: it ends in the dead-letter queue. */
function outcomeIn({ body }: SQSRecord): OutcomeEvent | null {
  try {
    const value: unknown = JSON.parse(body);
    return isOutcome(value) ? value : null;
  } catch {
    return null;
  }
}

const isOutcome = (value: unknown): value is OutcomeEvent =>
  field(value, 'version') === OUTCOME_VERSION &&
  isAccountId(stringOrNull(field(field(value, 'account'), 'id')) ?? '') &&
  [field(field(value, 'control'), 'id'), field(field(value, 'resource'), 'id')].every(isText) &&
  ['region', 'time', 'firstSeen'].every((name) => isText(field(value, name))) &&
  (OUTCOMES as readonly unknown[]).includes(field(value, 'outcome'));

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
