import { describe, expect, test } from '@jest/globals';
import { type FindingUpdate, withFinding, withoutFinding } from '../../../shared/engine/run/findings.ts';
import { NEW_RESOURCE, type ResourceState } from '../../../shared/ledger/ledger.ts';
import type { QueuedNotice } from '../../../shared/ledger/outbox.ts';
import { DAY_MS } from '../../../shared/time.ts';
import { noticeOf, remediationOf } from '../../support/ledger-fixtures.ts';

const CONTROL = { id: 'box-lid-closed', severity: 'CRITICAL' } as const;
const START = Date.parse('2026-01-01T00:00:00.000Z');
const iso = (time: number) => new Date(time).toISOString();

/** A notice of that many days later, where each outcome is followed. */
const followed = (id: string, days: number, rest: Partial<QueuedNotice> = {}): QueuedNotice => ({
  ...noticeOf(remediationOf('rem-1'), 0),
  id,
  outcome: { time: START + days * DAY_MS, firstSeen: iso(START) },
  ...rest,
});
const seen = (state: ResourceState, days: number, rest: Partial<FindingUpdate> = {}) =>
  withFinding(state, CONTROL, {
    outcome: 'detected',
    annotation: 'The lid is open.',
    fingerprint: 'open',
    at: iso(START + days * DAY_MS),
    notice: followed(`day ${days}`, days),
    ...rest,
  });
const queue = ({ outbox }: ResourceState) => outbox.map(({ id, quiet = false }) => [id, quiet]);
const sentAt = ({ findings }: ResourceState) => findings[CONTROL.id]?.sentAt;

const opened = seen(NEW_RESOURCE, 0);

describe('where each outcome is followed, a finding', () => {
  test('is sent when it opens, and knows when', () => {
    expect([queue(opened), sentAt(opened)]).toEqual([[['day 0', false]], iso(START)]);
  });

  test('that stays as it is costs nothing for a month, and is sent again then: Security Hub would forget it', () => {
    expect(seen(opened, 30)).toBe(opened);
    const again = seen(opened, 31);
    expect(queue(again).at(-1)).toEqual(['day 31', true]);
    expect(sentAt(again)).toBe(iso(START + 31 * DAY_MS));
    expect(seen(again, 40)).toBe(again);
  });

  test('that was open before anybody followed is sent at the next look, and nobody is notified again', () => {
    const before = withFinding(NEW_RESOURCE, CONTROL, {
      outcome: 'detected',
      annotation: 'The lid is open.',
      fingerprint: 'open',
      at: iso(START),
      notice: noticeOf(remediationOf('rem-1'), 0),
    });
    expect(sentAt(before)).toBeUndefined();
    expect(queue(seen(before, 1)).at(-1)).toEqual(['day 1', true]);
  });

  test('that changed while nobody could send it is sent once somebody can', () => {
    const { outcome: _, ...unfollowed } = followed('unfollowed', 1);
    const changed = seen(opened, 1, { outcome: 'halted', notice: unfollowed });
    expect(sentAt(changed)).toBeUndefined();
    expect(queue(seen(changed, 2, { outcome: 'halted' })).at(-1)).toEqual(['day 2', true]);
  });

  test('that is permitted is sent, and people do not know of it', () => {
    const exempted = seen(NEW_RESOURCE, 0, { outcome: 'exempted', notice: followed('quiet', 0, { quiet: true }) });
    expect([queue(exempted), exempted.findings[CONTROL.id]?.isKnown]).toEqual([[['quiet', true]], undefined]);
  });

  test('that fails is sent as people are notified of it: not at a first try that may pass', () => {
    const first = seen(opened, 1, { outcome: 'failed', stage: null });
    expect(queue(first)).toEqual(queue(opened));
    const retrying = seen(first, 1, { outcome: 'failed', stage: 'retrying', notice: followed('retrying', 1) });
    expect(queue(retrying).at(-1)).toEqual(['retrying', false]);
    expect(seen(retrying, 2, { outcome: 'failed', stage: 'retrying' }).outbox).toEqual(retrying.outbox);
    const ended = seen(retrying, 2, { outcome: 'failed', notice: followed('ended', 2) });
    expect(queue(seen(ended, 40, { outcome: 'failed' })).at(-1)).toEqual(['day 40', true]);
  });

  test('that is over is sent with its end, where there was one', () => {
    const end = followed('end', 1, { quiet: true });
    const closed = withoutFinding(opened, CONTROL.id, end);
    expect([closed.findings, queue(closed).at(-1)]).toEqual([{}, ['end', true]]);
    expect(withoutFinding(closed, CONTROL.id, end)).toBe(closed);
  });
});
