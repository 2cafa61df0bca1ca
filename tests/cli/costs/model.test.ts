import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { catalogueOf, functionTemplates } from '../../../bench/catalogue.ts';
import { loadContent, ROOT } from '../../../scripts/catalogue.ts';
import { byService } from '../../../scripts/generate/content.ts';
import {
  ACCOUNTS,
  type Account,
  type Counts,
  KINDS,
  type Kind,
  linesOf,
  type Measured,
  millisecondsOf,
  monthOf,
  STANDING,
  sumOf,
} from '../../../shared/cli/costs/model.ts';
import { type Meter, priceOf } from '../../../shared/cli/costs/prices.ts';

const ZERO: Counts = {
  sqsRequests: 0,
  writeUnits: 0,
  readUnits: 0,
  publishes: 0,
  s3Requests: 0,
  calls: 0,
  invocations: 0,
  milliseconds: 0,
  logBytes: 0,
  keptBytes: 0,
};
const CATALOGUE = { controls: 17, detections: 1, services: 6, dailyRules: 4 };
const measured = (counts: Partial<Record<Kind, Partial<Counts>>>): Measured =>
  ({
    ...Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, { ...ZERO, ...counts[kind as Kind] }])),
    catalogue: CATALOGUE,
  }) as unknown as Measured;
const ACCOUNT: Account = {
  name: 'one',
  enabled: 3,
  watched: 2,
  active: 2,
  changes: 1000,
  resources: 100,
  beatsAnHour: 4,
  configRules: false,
};
/** How much more of a meter there is for what was measured, than for nothing. */
const added = (meter: Meter, counts: Partial<Record<Kind, Partial<Counts>>>) => {
  const quantity = (of: Measured) =>
    linesOf(ACCOUNT, of)
      .filter((line) => line.meter === meter)
      .reduce((sum, line) => sum + line.quantity, 0);
  return quantity(measured(counts)) - quantity(measured({}));
};
const standing = (meter: Meter, account: Account = ACCOUNT) =>
  linesOf(account, measured({}))
    .filter((line) => line.meter === meter)
    .map(({ cause, quantity }) => [cause, Math.round(quantity * 1000) / 1000])
    .filter(([, quantity]) => quantity !== 0);

test('how often each unit of work comes', () => {
  expect(monthOf(ACCOUNT, CATALOGUE)).toEqual({
    compliant: 970,
    detected: 20,
    remediated: 10,
    slack: 30,
    beat: (4 * 730 * 2) / 17,
    heard: 4 * 730 * 2,
    sweep: 30 * 3 * 6,
    group: 30 * 95,
    bucket: 30 * 5,
    day: 30,
  });
});

test('shares that are known hold instead of those that are assumed', () => {
  const shares = { detected: 0.5, remediated: 0.25 };
  expect(monthOf({ ...ACCOUNT, shares }, CATALOGUE)).toMatchObject({
    compliant: 250,
    detected: 500,
    remediated: 250,
    slack: 750,
  });
});

test('what is counted for one is charged as often as it comes', () => {
  expect(added('sqsRequest', { detected: { sqsRequests: 3 } })).toBe(60);
  expect(added('writeUnit', { remediated: { writeUnits: 17 } })).toBe(170);
  expect(added('readUnit', { day: { readUnits: 2 } })).toBe(60);
  expect(added('s3Request', { bucket: { s3Requests: 4 } })).toBe(600);
  expect(added('lambdaRequest', { heard: { invocations: 1 } })).toBe(5840);
  expect(added('publish', { detected: { publishes: 1 } })).toBe(20);
  expect(added('email', { detected: { publishes: 1 } })).toBe(20);
  expect(added('logGb', { detected: { logBytes: 600, invocations: 1 } })).toBeCloseTo(20e-6);
  expect(added('logStorageGb', { detected: { logBytes: 600, invocations: 1 } })).toBeCloseTo(240e-6);
  expect(added('ledgerGb', { detected: { keptBytes: 1000 } })).toBeCloseTo(240e-6);
  expect(added('backupGb', { detected: { keptBytes: 1000 } })).toBeCloseTo(240e-6);
  expect(added('lambdaGbSecond', { detected: { calls: 4, invocations: 1 } })).toBeCloseTo((20 * 0.3) / 2);
});

test('a function takes 100 ms, and 50 ms for each call, and never less than it took here', () => {
  expect(millisecondsOf({ ...ZERO, invocations: 1, calls: 2, milliseconds: 10 })).toBe(200);
  expect(millisecondsOf({ ...ZERO, calls: 0, milliseconds: 1.5 })).toBe(1.5);
});

test('what stands there whether anything happens or not', () => {
  const polls = ((730 * 3600) / 20) * 5 * 8;
  expect(standing('sqsRequest')).toEqual([['standing', polls]]);
  expect(standing('kmsKey')).toEqual([['standing', 1]]);
  expect(standing('kmsRequest')).toEqual([['standing', 730 * 3 * 8 + 8760 * 7 + 60]]);
  expect(standing('alarm')).toEqual([['standing', 12]]);
  expect(standing('dashboard')).toEqual([['standing', 1]]);
  expect(standing('secret')).toEqual([['standing', 1]]);
  expect(standing('secretCall')).toEqual([['standing', 30]]);
});

test('every change and heartbeat is an event on our own bus; those of other regions are transferred too', () => {
  expect(standing('event')).toEqual([
    ['changes', 1000],
    ['heartbeats', 5840],
  ]);
  expect(standing('event', { ...ACCOUNT, watched: 1, active: 1 })).toEqual([
    ['changes', 1000],
    ['heartbeats', 2920],
  ]);
  expect(standing('transferGb')).toEqual([
    ['changes', 0.002],
    ['heartbeats', 0.012],
  ]);
  expect(standing('transferGb', { ...ACCOUNT, watched: 1, active: 1 })).toEqual([]);
});

test('a metric costs for the hours in which it comes', () => {
  const metrics = standing('metric', { ...ACCOUNT, changes: 0 });
  expect(metrics).toEqual([
    ['heartbeats', 3],
    ['sweeps', 0.082],
  ]);
  // compliant 970, detected 20, remediated 10 twice, Slack 30: hours, none of them more than there are.
  expect(standing('metric')[1]).toEqual(['changes', 1.425]);
  const [, [, most] = []] = standing('metric', { ...ACCOUNT, changes: 1e9 });
  expect(most).toBe(2 + 18 + 17 + 18 + 1);
});

test('AWS Config charges only where it has our rules', () => {
  expect(standing('configEvaluation')).toEqual([]);
  expect(standing('configEvaluation', { ...ACCOUNT, configRules: true })).toEqual([
    ['changes', (1000 / 2) * 3 + 30 * 4],
  ]);
});

test('a sum is in dollars', () => {
  expect(priceOf('sqsRequest', 2_500_000)).toBeCloseTo(1);
  const lines = [
    { cause: 'changes', meter: 'event', quantity: 1_000_000 },
    { cause: 'sweeps', meter: 'kmsRequest', quantity: 20_000 },
  ] as const;
  expect(sumOf(lines)).toBeCloseTo(1.06);
  expect(sumOf(lines, ({ cause }) => cause === 'sweeps')).toBeCloseTo(0.06);
});

test('what stands there is what the templates hold', async () => {
  const content = await loadContent();
  const texts = [
    ...functionTemplates(content),
    ...readdirSync(`${ROOT}resources`)
      .filter((name) => name.endsWith('.yml'))
      .map((name) => readFileSync(`${ROOT}resources/${name}`, 'utf8')),
  ];
  const holding = (pattern: RegExp) => texts.flatMap((text) => text.match(pattern) ?? []).length;
  expect(STANDING).toEqual({
    alarms: holding(/Type: AWS::CloudWatch::Alarm$/gm),
    queues: holding(/Type: AWS::Lambda::EventSourceMapping$/gm),
    // The rules' function is there only where AWS Config is to show our evaluations.
    ledgerRoles: holding(/Sid: Ledger$/gm),
  });
  // However many settings of the account there are, AWS Config asks for each once a day.
  expect(catalogueOf(content)).toEqual({
    controls: content.controls.length,
    detections: content.detections.length,
    services: byService(content.controls).size,
    dailyRules: content.controls.filter(({ resource: { type } }) => type === 'AWS::::Account').length,
  });
  expect(ACCOUNTS.map(({ name }) => name)).toEqual(['small', 'middle', 'large']);
});
