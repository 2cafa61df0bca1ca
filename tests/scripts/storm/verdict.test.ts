import { expect, test } from '@jest/globals';
import { Journal } from '../../../scripts/storm/faults/journal.ts';
import { verdictOn } from '../../../scripts/storm/faults/verdict.ts';
import { memoryLedger } from '../../../shared/ledger/memory.ts';
import type { Remediation } from '../../../shared/ledger/records.ts';

const trial = { life: 46, phase: 'remediate', attempt: 2, rate: 0, kill: null };
const answer = { status: 200, headers: {}, body: '' };
const record = {
  id: 'rem-1',
  kind: 'remediation',
  status: 'remediated',
  ref: { resourceType: 'AWS::EC2::SecurityGroup', resourceId: 'sg-1', accountId: '123456789012', region: 'eu-west-1' },
} as Remediation;

/** The body of a message that names the remediation once for each control. */
const published = (...controlIds: readonly string[]) => {
  const findings = controlIds.map((controlId) => ({
    controlId,
    outcome: 'remediated',
    remediationId: record.id,
    annotation: 'Open to the world.',
  }));
  const message = JSON.stringify({ default: JSON.stringify({ id: 'n-1', subject: 'Remediated', findings }) });
  return new URLSearchParams({ Action: 'Publish', Message: message }).toString();
};

/** What is said of a remediation after these messages. */
async function verdict(...bodies: readonly string[]): Promise<readonly string[]> {
  const journal = new Journal();
  for (const body of bodies) journal.made({ ...trial }, 'sns:Publish', body, answer, 'lost');
  return verdictOf(journal);
}

async function verdictOf(journal: Journal): Promise<readonly string[]> {
  const empty = memoryLedger();
  return verdictOn(journal, {
    ...empty,
    chains: () => empty.chains(),
    remediations: async function* () {
      yield record;
    },
  });
}

const BOTH = published('ec2-a', 'ec2-b');

test.each([
  ['never', [], 0],
  ['once', [published('ec2-a')], null],
  ['twice', [published('ec2-a'), BOTH], null],
  ['three times', [published('ec2-a'), BOTH, BOTH], 3],
])('a remediation that was notified %s, by messages and not by the controls in them', async (_, bodies, times) => {
  const said = await verdict(...bodies);
  if (times === null) expect(said).toEqual([]);
  else expect(said).toEqual([expect.stringContaining(`rem-1 of sg-1 was notified ${times} times`)]);
});

test.each([
  ['lost', []],
  ['heard', [expect.stringContaining('was notified 3 times')]],
] as const)('what the SDK repeats of an answer that was %s', async (fate, said) => {
  const journal = new Journal();
  journal.made({ ...trial, phase: 'remediate again' }, 'sns:Publish', BOTH, answer, 'heard');
  journal.made(trial, 'sns:Publish', BOTH, answer, fate);
  journal.made(trial, 'sns:Publish', BOTH, answer, 'heard');
  expect(await verdictOf(journal)).toEqual(said);
});

test('a message that comes again, alone or with others, is spared further faults', () => {
  const journal = new Journal();
  expect(journal.isSheltered(trial, 'sns:Publish', BOTH)).toBe(false);
  journal.made(trial, 'sns:Publish', published('ec2-a'), answer, 'killed');
  const later = { ...trial, attempt: 3 };
  expect(journal.isSheltered(later, 'sns:Publish', BOTH.replace('n-1', 'n-2'))).toBe(true);
  expect(journal.isSheltered({ ...trial, attempt: 4 }, 'sns:Publish', published('ec2-c'))).toBe(false);
});

test.each([
  ['lost', []],
  ['heard', [expect.stringContaining('46: sqs:SetQueueAttributes was made twice')]],
] as const)('a write that was made again in the same try, after an answer that was %s', async (fate, said) => {
  const journal = new Journal();
  journal.made(trial, 'sqs:SetQueueAttributes', '{}', answer, fate);
  journal.made(trial, 'sqs:SetQueueAttributes', '{}', answer, 'heard');
  // The remediation itself was notified.
  journal.made(trial, 'sns:Publish', BOTH, answer, 'heard');
  expect(await verdictOf(journal)).toEqual(said);
});
