import { expect, test } from '@jest/globals';
import { telemetry } from '../../shared/lambda/telemetry.ts';
import { resultWithoutResource } from '../../shared/result.ts';

const NOW = Date.parse('2026-01-01T00:00:05Z');
const clock = { now: () => new Date(NOW), sleep: async () => {} };

test.each([
  ['2026-01-01T00:00:00Z', [5_000]],
  // By a clock that is ahead of ours.
  ['2026-01-01T00:00:09Z', [0]],
  [null, []],
])('the time to a verified remediation counts from the change: %s', (eventTime, times) => {
  const emitted: (readonly [string, number])[] = [];
  const emit = (name: string, value: number) => {
    emitted.push([name, value]);
  };
  const { record } = telemetry({ info: () => {} } as never, emit as never, clock);
  const event = { eventId: 'e-1', eventName: 'OpenLid' };
  record(resultWithoutResource(event, { outcome: 'remediated', controlId: 'c' }), eventTime);
  expect(emitted.flatMap(([name, value]) => (name === 'TimeToVerified' ? [value] : []))).toEqual(times);
});
