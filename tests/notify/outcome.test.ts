import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SEVERITIES } from '../../shared/control.ts';
import { outcomeEvent } from '../../shared/notify/outcome.ts';
import { OUTCOMES } from '../../shared/result.ts';
import { noticeOf } from '../support/notice.ts';
import { assertValidOutcome, outcomeOf, SECURITY_GROUP } from '../support/outcome.ts';
import { SAMPLE_ACCOUNT } from '../support/samples.ts';

/** What a queue and a bus take, less than either. */
const MOST_BYTES = 240_000;

const text = fc.string({ unit: 'grapheme' });
/** Text whose JSON is six times as long. */
const long = fc.constantFrom('\u0001', '\ud800', '\u202e', 'é', '"').map((one) => one.repeat(40_000));
const any = fc.oneof({ weight: 4, arbitrary: text }, long);
const maybe = fc.option(any);
const steps = fc
  .constantFrom(0, 1, 2_000)
  .map((count) => Array(count).fill({ service: 'ec2', operation: 'RevokeSecurityGroupIngress', input: {} }));

test('whatever strangers write, an outcome is what the schema says, and fits into a message', () => {
  fc.assert(
    fc.property(
      fc.record({
        outcome: fc.constantFrom(...OUTCOMES),
        before: fc.constantFrom(null, 'NON_COMPLIANT' as const),
        eventId: maybe,
        eventName: maybe,
        resourceId: any,
        annotation: maybe,
        error: maybe,
        remediationId: fc.option(fc.constant('rem-1')),
        steps,
      }),
      fc.record({
        tags: fc.dictionary(any, any, { maxKeys: 10 }),
        changes: fc.array(any, { maxLength: 20 }),
        isRetrying: fc.boolean(),
        attribution: fc.option(fc.record({ actor: maybe, sourceIp: maybe, userAgent: maybe, tool: fc.constant(null) })),
        control: fc.record({
          id: fc.constant('box-lid-closed'),
          title: any,
          severity: fc.constantFrom(...SEVERITIES),
          rationale: any,
          guidance: any,
        }),
      }),
      any,
      maybe,
      (result, rest, arn, pages) => {
        const outcome = outcomeEvent(
          noticeOf(result, rest),
          { time: 0, firstSeen: '', arn, relatedRequirements: Array(50).fill(arn) },
          { accountAlias: null, controlPages: pages, routes: [] },
        );
        assertValidOutcome(outcome);
        expect(Buffer.byteLength(JSON.stringify(outcome))).toBeLessThan(MOST_BYTES);
        expect(JSON.stringify(outcome)).not.toMatch(/\\ud[89ab]/);
      },
    ),
    { numRuns: 60 },
  );
});

describe('an outcome', () => {
  test('says what happened to what, by whom, and what can be done', () => {
    expect(
      outcomeOf({}, { tags: { Name: 'web', owner: 'ann' }, verified: '2026-11-02T09:14:12Z', after: 'Closed.' }),
    ).toMatchObject({
      version: 1,
      id: 'n-1',
      time: '2026-11-02T09:14:12.000Z',
      firstSeen: '2026-11-02T09:14:08.000Z',
      outcome: 'remediated',
      isOpen: false,
      account: { id: SAMPLE_ACCOUNT, alias: null },
      region: 'eu-west-1',
      resource: { id: 'sg-1', arn: SECURITY_GROUP, name: 'web', owner: 'ann', tags: { Name: 'web', owner: 'ann' } },
      control: { id: 'ec2-security-group-admin-ports-restricted', severity: 'CRITICAL', page: null },
      before: 'NON_COMPLIANT',
      steps: [{ service: 'ec2', operation: 'RevokeSecurityGroupIngress' }],
      advice: [{ action: 'undo', command: 'npx evenkeel undo rem-1' }, {}],
      who: { principal: 'Developer', session: 'jo' },
      times: { toRemediate: 5 },
    });
  });

  test.each(OUTCOMES)('%s is open where the drift is left and nobody has permitted it', (outcome) => {
    const isOver = ['compliant', 'notApplicable', 'exempted', 'remediated'].includes(outcome);
    expect(outcomeOf({ outcome }).isOpen).toBe(!isOver);
  });

  test('holds nothing of what a call says', () => {
    const steps = [{ service: 's3', operation: 'PutBucketPolicy', input: { Policy: 'secret' } }];
    expect(JSON.stringify(outcomeOf({ steps }))).not.toContain('secret');
  });

  test('gives no command that is cut', () => {
    const { advice } = outcomeOf({ outcome: 'halted', resourceId: 'x'.repeat(2_000) });
    expect(advice.length).toBeGreaterThan(0);
    expect(advice.every(({ command }) => command === null)).toBe(true);
  });
});
