import { type AwsSecurityFinding, BatchImportFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { messageOf } from '../aws/error-message.ts';
import { inPortions } from '../aws/portions.ts';
import { isThrottled } from '../aws/throttling.ts';
import { securityFinding } from '../notify/asff.ts';
import type { OutcomeEvent } from '../notify/outcome.ts';
import type { Aws } from '../resource.ts';
import type { Clock } from '../time.ts';
import { deliver, type NotTaken, type Refusal } from './deliver.ts';

/** Security Hub takes a hundred findings, and 6 MB in sum. */
const LIMITS = { entries: 100, bytes: 5_500_000 };

/** Security Hub says so of a call, and of each finding. */
const OFF = /^(InvalidAccess|InvalidAccessException|ResourceNotFoundException)$/;
const PASSING = /throttl|internal|concurrent|conflict|timeout|unavailable/i;
const INVALID = /^(Invalid|Validation|FindingTooLarge|Malformed)/i;

/** An outcome, and the finding that it is sent as. */
interface Entry {
  readonly outcome: OutcomeEvent;
  readonly finding: AwsSecurityFinding;
}

/** Sends outcomes to Security Hub, each to that of its region; of one finding only the newest, since one call takes a finding once. Gives what was not taken; never throws. */
export async function importFindings(
  aws: Aws,
  outcomes: readonly OutcomeEvent[],
  clock: Pick<Clock, 'sleep'>,
): Promise<readonly NotTaken<OutcomeEvent>[]> {
  const entries = newest(outcomes.map((outcome) => ({ outcome, finding: securityFinding(outcome) })));
  const notTaken: NotTaken<OutcomeEvent>[] = [];
  for (const [region, own] of Map.groupBy(entries, ({ outcome }) => outcome.region))
    for (const portion of inPortions(own, LIMITS, sizeOf)) {
      const refused = await deliver(portion, (left) => importEach(aws, region, left), clock, refusalOf);
      notTaken.push(...refused.map(({ entry, ...refusal }) => ({ entry: entry.outcome, ...refusal })));
    }
  return notTaken;
}

const sizeOf = ({ finding }: Entry): number => Buffer.byteLength(JSON.stringify(finding));

function newest(entries: readonly Entry[]): readonly Entry[] {
  const kept = new Map<string, Entry>();
  for (const entry of entries) {
    const { Id = '', UpdatedAt = '' } = entry.finding;
    if ((kept.get(Id)?.finding.UpdatedAt ?? '') <= UpdatedAt) kept.set(Id, entry);
  }
  return [...kept.values()];
}

/** One finding that the call itself does not take keeps no other from being taken. */
async function importEach(aws: Aws, region: string, left: readonly Entry[]): Promise<readonly (Refusal | null)[]> {
  try {
    return await importInto(aws, region, left);
  } catch (error) {
    if (left.length === 1 || refusalOf(error).kind !== 'invalid') throw error;
    const answers: (Refusal | null)[] = [];
    for (const one of left)
      answers.push(...(await importInto(aws, region, [one]).catch((alone: unknown) => [refusalOf(alone)])));
    return answers;
  }
}

async function importInto(aws: Aws, region: string, left: readonly Entry[]): Promise<readonly (Refusal | null)[]> {
  const command = new BatchImportFindingsCommand({ Findings: left.map(({ finding }) => finding) });
  const { FailedCount = 0, FailedFindings = [] } = await aws(SecurityHubClient, region).send(command);
  const failed = new Map(
    FailedFindings.map(({ Id, ErrorCode = '', ErrorMessage = '' }) => [Id, { ErrorCode, ErrorMessage }]),
  );
  return left.map(({ finding }) => {
    const error = failed.get(finding.Id);
    if (error !== undefined) return refused(error.ErrorCode, `${error.ErrorCode}: ${error.ErrorMessage}`);
    // Which ones failed is not said of each: sent again, those that were taken change nothing.
    return FailedCount > failed.size
      ? { kind: 'passing', reason: 'Security Hub did not say which findings failed' }
      : null;
  });
}

const refusalOf = (error: unknown): Refusal => {
  const name = error instanceof Error ? error.name : '';
  // The SDK has tried again already.
  if (isThrottled(error)) return { kind: 'lasting', reason: messageOf(error) };
  const { kind, reason } = refused(name, messageOf(error));
  return { kind: kind === 'passing' ? 'lasting' : kind, reason };
};

function refused(code: string, reason: string): Refusal {
  if (OFF.test(code)) return { kind: 'off', reason };
  if (PASSING.test(code)) return { kind: 'passing', reason };
  return { kind: INVALID.test(code) ? 'invalid' : 'lasting', reason };
}
