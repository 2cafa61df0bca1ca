import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { inPortions } from '../aws/portions.ts';
import type { OutcomeEvent } from '../notify/outcome.ts';
import type { Aws } from '../resource.ts';
import type { Outcome } from '../result.ts';
import type { Clock } from '../time.ts';
import { deliver, type NotTaken, type Refusal } from './deliver.ts';

/** What rules match: never a source of AWS's own. */
export const EVENT_SOURCE = 'evenkeel';

/** By which rules tell outcomes apart; what is over is `Drift Resolved`, whether the resource is compliant or gone. */
export const DETAIL_TYPES: Readonly<Record<Outcome, string>> = {
  compliant: 'Drift Resolved',
  notApplicable: 'Drift Resolved',
  detected: 'Drift Detected',
  exempted: 'Drift Exempted',
  awaitingApproval: 'Approval Required',
  pending: 'Remediation Pending',
  remediated: 'Drift Remediated',
  halted: 'Remediation Halted',
  blocked: 'Remediation Blocked',
  failed: 'Remediation Failed',
};

/** EventBridge takes ten entries, and less than 256 KB in sum. */
const LIMITS = { entries: 10, bytes: 250_000 };

/** How an entry's refusal is taken; any other lasts until a person changes something. */
const KINDS: Readonly<Record<string, Refusal['kind']>> = {
  InternalException: 'passing',
  InternalFailure: 'passing',
  ThrottlingException: 'passing',
  InvalidArgument: 'invalid',
  MalformedDetail: 'invalid',
};

/** Puts an event for each outcome on a bus. Gives those that were not put; never throws. One whose answer is missing is put again, so that a rule may see it twice. */
export async function putEvents(
  aws: Aws,
  busName: string,
  outcomes: readonly OutcomeEvent[],
  clock: Pick<Clock, 'sleep'>,
): Promise<readonly NotTaken<OutcomeEvent>[]> {
  const notPut: NotTaken<OutcomeEvent>[] = [];
  const call = async (left: readonly OutcomeEvent[]) => {
    const put = new PutEventsCommand({ Entries: left.map((outcome) => entryOf(outcome, busName)) });
    const { Entries = [] } = await aws(EventBridgeClient).send(put);
    // The answers stand in the order of the request.
    return left.map((_, index) => refusalIn(Entries[index]));
  };
  for (const portion of inPortions(outcomes, LIMITS, (outcome) => sizeOf(entryOf(outcome, busName))))
    notPut.push(...(await deliver(portion, call, clock)));
  return notPut;
}

function refusalIn(answer: PutEventsResultEntry | undefined): Refusal | null {
  if (answer === undefined) return { kind: 'passing', reason: 'no answer' };
  const { ErrorCode, ErrorMessage = '' } = answer;
  return ErrorCode === undefined
    ? null
    : { kind: KINDS[ErrorCode] ?? 'lasting', reason: `${ErrorCode}: ${ErrorMessage}` };
}

const entryOf = (outcome: OutcomeEvent, EventBusName: string): PutEventsRequestEntry => ({
  EventBusName,
  Source: EVENT_SOURCE,
  DetailType: DETAIL_TYPES[outcome.outcome],
  Detail: JSON.stringify(outcome),
  Resources: [outcome.resource.arn],
  Time: new Date(outcome.time),
});

/** As EventBridge counts: 14 bytes for a time. */
const sizeOf = ({ Source = '', DetailType = '', Detail = '', Resources = [] }: PutEventsRequestEntry): number =>
  14 + [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
