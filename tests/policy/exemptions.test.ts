import { describe, expect, test } from '@jest/globals';
import {
  activeExemption,
  allExemptions,
  covers,
  describeExemption,
  endedWithin,
  endingWithin,
  isActive,
  mayName,
  newExemptionId,
  ofWholeFindings,
} from '../../shared/policy/exemptions.ts';
import { exemptionOf } from '../support/ledger-fixtures.ts';

const RULE = {
  control: 'box-lid-closed',
  resource: 'box-1',
  owner: 'bob',
  reason: 'a demo',
  expires: '2026-01-10',
};
const TARGET = { controlId: 'box-lid-closed', arn: 'arn:aws:box:::box-1', resourceId: 'box-1' };
const NOON = new Date('2026-01-10T12:00:00Z');

const expiring = (...days: readonly string[]) => days.map((expires) => ({ ...RULE, expires }));
const daysOf = (rules: readonly { readonly expires: string }[]) => rules.map(({ expires }) => expires);

test.each([
  ['box-1', 'box-1', true],
  ['box-1', 'box-2', false],
  ['arn:aws:s3:::www', 'www', true],
  ['www', 'arn:aws:s3:::www', true],
  ['arn:aws:ec2:*:1:security-group/sg-1', 'sg-1', true],
  ['arn:aws:ec2:*:1:security-group/sg-1', 'arn:aws:ec2:eu-west-1:1:security-group/sg-1', true],
  ['arn:aws:ec2:*:1:security-group/sg-1', 'arn:aws:ec2:eu-west-1:1:security-group/sg-2', false],
  ['arn:aws:s3:::logs-*', 'logs-1', true],
  ['arn:aws:s3:::logs-*', 'logs', false],
  ['arn:aws:s3:::www', '*www', true],
  ['arn:aws:s3:::www', 'ww', false],
])('an exemption of %s may be one of %s: %s', (resource, named, expected) => {
  expect(mayName({ resource }, named)).toBe(expected);
});

test('an id begins with its day, and no two are the same', () => {
  const ids = [newExemptionId(NOON), newExemptionId(NOON)];
  for (const id of ids) expect(id).toMatch(/^ex-2026-01-10-[0-9a-f]{8}$/);
  expect(new Set(ids).size).toBe(2);
});

test('an exemption is active until the last millisecond of its last day, in UTC', () => {
  expect(isActive(RULE, new Date('2026-01-10T23:59:59.999Z'))).toBe(true);
  expect(isActive(RULE, new Date('2026-01-11T00:00:00Z'))).toBe(false);
});

describe('an exemption covers', () => {
  test.each([
    ['box-1', true],
    ['box-*', true],
    ['arn:aws:box:::box-1', true],
    ['arn:aws:box:::*', true],
    ['*', true],
    ['box', false],
    ['box-1?', false],
    ['arn:aws:box:::box-12', false],
  ])('the resource by %s: %s', (resource, is) => {
    expect(covers({ ...RULE, resource }, TARGET)).toBe(is);
  });

  test('nothing of another control', () => {
    expect(covers(RULE, { ...TARGET, controlId: 'box-locked' })).toBe(false);
  });
});

test('the active exemption of a target is the first that is neither expired nor another’s', () => {
  const rules = [
    { ...RULE, expires: '2026-01-09' },
    { ...RULE, resource: 'box-2' },
    { ...RULE, control: 'box-locked' },
    { ...RULE, owner: 'ann' },
    RULE,
  ];
  expect(activeExemption(rules, TARGET, NOON)).toBe(rules[3]);
  expect(activeExemption(rules.slice(0, 3), TARGET, NOON)).toBeNull();
});

test('those that end soon are active, the last day of the time included', () => {
  const rules = expiring('2026-01-09', '2026-01-10', '2026-01-17', '2026-01-18');
  expect(daysOf(endingWithin(rules, 7, NOON))).toEqual(['2026-01-10', '2026-01-17']);
});

test('those that have ended lately are not active, the first day of the time included', () => {
  const rules = expiring('2026-01-07', '2026-01-08', '2026-01-09', '2026-01-10');
  expect(daysOf(endedWithin(rules, 2, NOON))).toEqual(['2026-01-08', '2026-01-09']);
});

test('all exemptions are those of policy.yml and of the ledger, expired ones too', async () => {
  const stored = exemptionOf('ex-1', { expires: '2020-01-01' });
  const sources = { policy: { exemptions: [RULE] }, ledger: { exemptions: async () => [stored] } };
  expect(await allExemptions(sources)).toEqual([RULE, stored]);
});

test('what an undo restored is no exemption of a whole finding', () => {
  const [whole, element] = [exemptionOf('ex-1'), exemptionOf('ex-2', { elements: ['lid'] })];
  expect(ofWholeFindings([element, whole])).toEqual([whole]);
});

test('an exemption is described by its end, its owner and its reason', () => {
  expect(describeExemption(RULE)).toBe('Exempt until 2026-01-10 (bob): a demo.');
});
