import { expect, test } from '@jest/globals';
import {
  dailyChecks,
  eventPathChecks,
  heartbeatChecks,
  infrastructureChecks,
  ledgerChecks,
} from '../../shared/doctor/index.ts';

test('every check is made once a day, under a name of its own', () => {
  const names = dailyChecks.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const check of [...eventPathChecks, ...infrastructureChecks, ...ledgerChecks, ...heartbeatChecks])
    expect(dailyChecks).toContain(check);
});

test('with each heartbeat: what blinds Evenkeel', () => {
  expect(heartbeatChecks.map(({ name }) => name)).toEqual([
    'trails',
    'rules',
    'forwarding',
    'queues',
    'failed events',
    'listings',
  ]);
});

test('every check that calls AWS says what to do where it fails', () => {
  expect(dailyChecks.filter(({ remedy }) => remedy === '')).toEqual([]);
});
