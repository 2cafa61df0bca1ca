import { describe, expect, test } from '@jest/globals';
import type { Severity } from '../../shared/control.ts';
import { RECHECK_DETAIL_TYPE } from '../../shared/internal-events.ts';
import { deferring } from '../../shared/notify/deferral.ts';
import { atLeast, type Notice, type Notifier, silent } from '../../shared/notify/notifier.ts';
import type { QuietHours } from '../../shared/notify/quiet-hours.ts';
import { MINUTE_MS } from '../../shared/time.ts';
import { noticeOf } from '../support/notice.ts';

const NIGHT: QuietHours = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin', minimumSeverity: 'CRITICAL' };
let now = Date.parse('2026-11-02T12:00:00Z');
const clock = { now: () => new Date(now) };
const made = (hours: QuietHours | null = null) => deferring(silent, clock, hours);
const by = (actor: string) => noticeOf({}, { attribution: { actor, sourceIp: null, userAgent: null, tool: null } });
const of = (severity: Severity) => noticeOf({}, { control: { ...noticeOf().control, severity } });
const waits = (notifier: Notifier, notice: Notice) => notifier.defers?.(notice) === true;

describe('a burst', () => {
  test('of one control and actor waits for the digest after the third notice of an outcome', () => {
    const notifier = made();
    expect([1, 2, 3, 4, 5].map(() => waits(notifier, by('a')))).toEqual([false, false, false, true, true]);
    expect(waits(notifier, by('b'))).toBe(false);
    const failed = { ...by('a'), result: { ...by('a').result, outcome: 'failed' as const } };
    expect(waits(notifier, failed)).toBe(false);
    expect(waits(notifier, { ...by('a'), control: { ...noticeOf().control, id: 'other' } })).toBe(false);
  });

  test('of a thousand is a handful of messages', () => {
    const notifier = made();
    expect(Array.from({ length: 1000 }, () => waits(notifier, by('a'))).filter((one) => !one)).toHaveLength(3);
  });

  test('is over after ten minutes', () => {
    const notifier = made();
    for (const _ of [1, 2, 3, 4]) waits(notifier, by('a'));
    now += 10 * MINUTE_MS;
    expect(waits(notifier, by('a'))).toBe(false);
  });
});

describe('what a sweep finds', () => {
  const swept = (rest: Parameters<typeof noticeOf>[0]) =>
    noticeOf({ outcome: 'detected', eventName: RECHECK_DETAIL_TYPE, ...rest }, { attribution: null });
  test('is one burst, whatever the control', () => {
    const notifier = made();
    const under = (id: string) => ({ ...swept({}), control: { ...noticeOf().control, id } });
    expect(['a', 'b', 'c', 'd', 'e'].map((id) => waits(notifier, under(id)))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  test('is no part of it where something was done about it', () => {
    const notifier = made();
    for (const _ of [1, 2, 3, 4]) waits(notifier, swept({}));
    expect(waits(notifier, swept({ outcome: 'remediated' }))).toBe(false);
    expect(waits(notifier, { ...swept({}), others: [swept({ outcome: 'failed' })] })).toBe(false);
  });
});

describe('quiet hours', () => {
  const at = (time: string, severity: Severity) => {
    now = Date.parse(time);
    return waits(made(NIGHT), of(severity));
  };
  test('go by the time zone, over midnight, and let through what is severe enough', () => {
    expect(at('2026-11-02T20:59:00Z', 'HIGH')).toBe(false);
    expect(at('2026-11-02T21:00:00Z', 'HIGH')).toBe(true);
    expect(at('2026-11-03T05:59:00Z', 'HIGH')).toBe(true);
    expect(at('2026-11-03T06:00:00Z', 'HIGH')).toBe(false);
    expect(at('2026-11-02T21:00:00Z', 'CRITICAL')).toBe(false);
  });

  test('within a day end on the same one', () => {
    const noon = deferring(silent, clock, { ...NIGHT, from: '12:00', to: '13:00' });
    now = Date.parse('2026-11-02T11:30:00Z');
    expect(waits(noon, of('HIGH'))).toBe(true);
    now = Date.parse('2026-11-02T12:00:00Z');
    expect(waits(noon, of('HIGH'))).toBe(false);
  });
});

test('what is below the minimum severity does not wait either', () => {
  now = Date.parse('2026-11-02T22:00:00Z');
  const notifier = atLeast('HIGH', made(NIGHT));
  expect(waits(notifier, of('MEDIUM'))).toBe(false);
  expect(waits(notifier, of('HIGH'))).toBe(true);
});
