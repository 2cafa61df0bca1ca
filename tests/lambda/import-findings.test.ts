import type { AwsSecurityFinding, ImportFindingsError } from '@aws-sdk/client-securityhub';
import { describe, expect, test } from '@jest/globals';
import { importFindings } from '../../shared/lambda/import-findings.ts';
import type { OutcomeEvent } from '../../shared/notify/outcome.ts';
import type { Aws } from '../../shared/resource.ts';
import { named } from '../support/fake-resource.ts';
import { outcomeOf, TIME } from '../support/outcome.ts';

const clock = { sleep: async () => {} };
const about = (resourceId: string, time = 0, region = 'eu-west-1'): OutcomeEvent =>
  outcomeOf({ resourceId, region }, {}, { time: TIME + time });

type Refuse = (finding: AwsSecurityFinding, call: number, all: readonly AwsSecurityFinding[]) => string | undefined;

/** Security Hub, which refuses a finding by a code; a code that begins with `!` is thrown for the whole call. */
function hub(refuse: Refuse = () => undefined) {
  const calls: { readonly region: string; readonly findings: readonly AwsSecurityFinding[] }[] = [];
  const aws = ((_: unknown, region = 'eu-west-1') => ({
    async send({ input: { Findings } }: { readonly input: { readonly Findings: readonly AwsSecurityFinding[] } }) {
      const call = calls.push({ region, findings: Findings });
      const FailedFindings: ImportFindingsError[] = [];
      for (const finding of Findings) {
        const code = refuse(finding, call, Findings);
        if (code?.startsWith('!')) throw named(code.slice(1));
        if (code !== undefined) FailedFindings.push({ Id: finding.Id, ErrorCode: code, ErrorMessage: 'why' });
      }
      return { FailedCount: FailedFindings.length, SuccessCount: Findings.length, FailedFindings };
    },
  })) as unknown as Aws;
  return { aws, calls };
}
const isAbout = ({ Id = '' }: AwsSecurityFinding, resource: string) => Id.endsWith(`/${resource}`);
const refusals = async (outcomes: readonly OutcomeEvent[], refuse: Refuse) => {
  const { aws, calls } = hub(refuse);
  const refused = await importFindings(aws, outcomes, clock);
  return {
    refused: refused.map(({ entry, kind, reason }) => [entry.resource.id, kind, reason]),
    sizes: calls.map(({ findings }) => findings.length),
  };
};

test('each region has its own, a hundred in a call', async () => {
  const { aws, calls } = hub();
  const outcomes = Array.from({ length: 150 }, (_, index) => about(`sg-${index}`));
  expect(await importFindings(aws, [...outcomes, about('sg-0', 0, 'us-east-1')], clock)).toEqual([]);
  expect(calls.map(({ region, findings }) => [region, findings.length])).toEqual([
    ['eu-west-1', 100],
    ['eu-west-1', 50],
    ['us-east-1', 1],
  ]);
});

test('of one finding the newest is sent, whatever their order: a call takes a finding once', async () => {
  const { aws, calls } = hub();
  await importFindings(aws, [about('sg-1', 5), about('sg-1', 9), about('sg-1', 7), about('sg-2')], clock);
  expect(calls[0]?.findings.map(({ UpdatedAt }) => Date.parse(UpdatedAt ?? '') - TIME)).toEqual([9, 0]);
});

describe('a finding that is not taken', () => {
  const outcomes = [about('sg-1'), about('sg-2'), about('sg-3')];
  const second =
    (code: string, until = Number.POSITIVE_INFINITY): Refuse =>
    (finding, call) =>
      isAbout(finding, 'sg-2') && call < until ? code : undefined;

  test.each(['InternalFailure', 'ThrottlingException', 'ConcurrentUpdateError'])(
    'because of %s is sent again, alone',
    async (code) => {
      expect(await refusals(outcomes, second(code, 3))).toEqual({ refused: [], sizes: [3, 1, 1] });
    },
  );

  test.each([
    ['InvalidInput', 'invalid'],
    ['InvalidInputException', 'invalid'],
    ['FindingTooLarge', 'invalid'],
    ['AccessDeniedException', 'lasting'],
    ['InvalidAccess', 'off'],
  ])('because of %s is %s, and is not sent again', async (code, kind) => {
    expect(await refusals(outcomes, second(code))).toEqual({
      refused: [['sg-2', kind, `${code}: why`]],
      sizes: [3],
    });
  });

  test.each([
    ['InvalidAccessException', 'off'],
    ['ResourceNotFoundException', 'off'],
    ['AccessDeniedException', 'lasting'],
    ['LimitExceededException', 'lasting'],
    ['TooManyRequestsException', 'lasting'],
    ['InternalException', 'lasting'],
    ['TimeoutError', 'lasting'],
  ])('with its call because of %s is %s', async (code, kind) => {
    const { refused, sizes } = await refusals(outcomes, () => `!${code}`);
    expect(refused.map(([, one]) => one)).toEqual([kind, kind, kind]);
    // The SDK has tried again by itself.
    expect(sizes).toEqual([3]);
  });

  test('and has its call refused keeps none of the others from being taken', async () => {
    expect(
      await refusals(outcomes, (finding, _, all) =>
        isAbout(finding, 'sg-2') || all.length > 1 ? '!InvalidInputException' : undefined,
      ),
    ).toEqual({
      refused: [['sg-2', 'invalid', 'InvalidInputException: InvalidInputException happened']],
      sizes: [3, 1, 1, 1],
    });
  });

  test('in one region keeps none from being taken in another', async () => {
    const elsewhere = [about('sg-1'), about('sg-9', 0, 'us-east-1')];
    const refused = await importFindings(
      hub((finding) => (isAbout(finding, 'sg-1') ? '!InvalidAccessException' : undefined)).aws,
      elsewhere,
      clock,
    );
    expect(refused.map(({ entry, kind }) => [entry.region, kind])).toEqual([['eu-west-1', 'off']]);
  });

  test('and is not named has all of its call sent again', async () => {
    let calls = 0;
    const send = async () => {
      calls += 1;
      return calls === 1 ? { FailedCount: 1, SuccessCount: 2 } : { FailedCount: 0, SuccessCount: 3 };
    };
    expect(await importFindings((() => ({ send })) as unknown as Aws, outcomes, clock)).toEqual([]);
    expect(calls).toBe(2);
  });
});
