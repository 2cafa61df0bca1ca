import { describe, expect, test } from '@jest/globals';
import { nonCompliant } from '../../../shared/control.ts';
import {
  type FindingUpdate,
  findingFingerprint,
  isKnownProblem,
  withFinding,
  withNotice,
  withoutFinding,
} from '../../../shared/engine/run/findings.ts';
import { NEW_RESOURCE, type ResourceState } from '../../../shared/ledger/ledger.ts';
import type { QueuedNotice } from '../../../shared/ledger/outbox.ts';
import { noticeOf, remediationOf } from '../../support/ledger-fixtures.ts';

const CONTROL = { id: 'box-lid-closed', severity: 'CRITICAL' } as const;
const noticeNo = (id: string): QueuedNotice => ({ ...noticeOf(remediationOf('rem-1'), 0), id });
const sighting = (rest: Partial<FindingUpdate> = {}): FindingUpdate => ({
  outcome: 'detected',
  annotation: 'The lid is open.',
  fingerprint: 'open',
  at: '2026-01-01T00:00:00.000Z',
  notice: noticeNo('first'),
  ...rest,
});
const seen = (state: ResourceState, rest: Partial<FindingUpdate> = {}) => withFinding(state, CONTROL, sighting(rest));
const opened = seen(NEW_RESOURCE);
const LATER = { at: '2026-01-02T00:00:00.000Z', notice: noticeNo('second') };
const published = ({ outbox }: ResourceState) => outbox.map(({ id }) => id);

describe('a finding', () => {
  test('is opened with all that is known of it, and its notice queued with it', () => {
    expect(opened.findings).toEqual({
      [CONTROL.id]: {
        controlId: CONTROL.id,
        severity: 'CRITICAL',
        outcome: 'detected',
        annotation: 'The lid is open.',
        fingerprint: 'open',
        firstSeen: '2026-01-01T00:00:00.000Z',
        lastSeen: '2026-01-01T00:00:00.000Z',
        rejection: null,
        retryAt: null,
        deadline: null,
        blocked: null,
        isKnown: true,
      },
    });
    expect(published(opened)).toEqual(['first']);
    const unnoticed = seen(NEW_RESOURCE, { notice: null });
    expect([published(unnoticed), unnoticed.findings[CONTROL.id]?.isKnown]).toEqual([[], undefined]);
    expect([opened, unnoticed].map(({ findings }) => isKnownProblem(findings[CONTROL.id]))).toEqual([true, false]);
  });

  test('that reads as before leaves the state as it was: nothing is written', () => {
    expect(seen(opened, LATER)).toBe(opened);
  });

  test('in other words is the same finding: kept, and nobody is notified', () => {
    const again = seen(opened, { ...LATER, annotation: '92 days old' });
    expect(again.findings[CONTROL.id]).toMatchObject({
      annotation: '92 days old',
      firstSeen: '2026-01-01T00:00:00.000Z',
      lastSeen: LATER.at,
    });
    expect(published(again)).toEqual(['first']);
  });

  test.each<[string, Partial<FindingUpdate>]>([
    ['of another outcome', { outcome: 'halted' }],
    ['with another fingerprint', { fingerprint: 'wide open' }],
  ])('%s is news', (_what, change) => {
    const again = seen(opened, { ...LATER, ...change });
    expect(published(again)).toEqual(['first', 'second']);
    expect(again.findings[CONTROL.id]).toMatchObject({ ...change, firstSeen: '2026-01-01T00:00:00.000Z' });
  });

  test('that has failed is the same failure, whatever the error says this time', () => {
    const failed = seen(NEW_RESOURCE, { outcome: 'failed', fingerprint: 'request 1' });
    const again = seen(failed, { ...LATER, outcome: 'failed', fingerprint: 'request 2' });
    expect(published(again)).toEqual(['first']);
    expect(published(seen(again, { ...LATER, outcome: 'detected' }))).toEqual(['first', 'second']);
  });

  test('keeps when it is tried again while it is the same, and forgets it where it is news', () => {
    const blocked = { by: 'an SCP', recordId: 'rem-1', facets: 'a', version: 'b' };
    const waiting = { retryAt: '2026-01-03T00:00:00.000Z', deadline: '2026-01-04T00:00:00.000Z', blocked };
    const pending = seen(NEW_RESOURCE, { outcome: 'pending', ...waiting });
    expect(seen(pending, { ...LATER, outcome: 'pending' })).toBe(pending);
    expect(seen(pending, { ...LATER, outcome: 'pending', annotation: 'still' }).findings[CONTROL.id]).toMatchObject(
      waiting,
    );
    expect(seen(pending, LATER).findings[CONTROL.id]).toMatchObject({ retryAt: null, deadline: null, blocked: null });
    const moved = seen(pending, { outcome: 'pending', retryAt: '2026-01-05T00:00:00.000Z' });
    expect(moved.findings[CONTROL.id]).toMatchObject({ ...waiting, retryAt: '2026-01-05T00:00:00.000Z' });
  });

  test('keeps what a person has rejected, while the drift lasts', () => {
    const rejection = { plan: 'p', by: 'jo', reason: 'no' };
    const rejected = seen(opened, { rejection });
    expect(seen(rejected, { ...LATER, outcome: 'halted' }).findings[CONTROL.id]).toMatchObject({ rejection });
    const gone = withoutFinding(rejected, CONTROL.id);
    expect(seen(gone, LATER).findings[CONTROL.id]).toMatchObject({ rejection: null });
  });

  test.each<[FindingUpdate['outcome'], string | undefined]>([
    ['failed', 'rem-1'],
    ['blocked', 'rem-1'],
    ['detected', undefined],
    ['halted', undefined],
    ['pending', undefined],
  ])('whose call was not answered, and is %s now, remembers %s as the record', (outcome, unanswered) => {
    const failed = seen(NEW_RESOURCE, { outcome: 'failed', unanswered: 'rem-1' });
    expect(seen(failed, { ...LATER, outcome }).findings[CONTROL.id]?.unanswered).toBe(unanswered);
  });

  test('of one control leaves those of others alone', () => {
    const both = withFinding(opened, { id: 'other', severity: 'LOW' }, sighting());
    expect(Object.keys(both.findings)).toEqual([CONTROL.id, 'other']);
    expect(withoutFinding(both, CONTROL.id).findings).toEqual({ other: both.findings.other });
  });

  test('that is not there is closed without a write', () => {
    expect(withoutFinding(opened, 'other')).toBe(opened);
    expect(withoutFinding(opened, CONTROL.id).outbox).toEqual(opened.outbox);
  });

  test('changes no state that it was given', () => {
    const before = structuredClone(opened);
    seen(opened, { ...LATER, outcome: 'halted' });
    withNotice(opened, noticeNo('third'));
    withoutFinding(opened, CONTROL.id);
    expect(opened).toEqual(before);
  });
});

test('a notice is queued behind those that wait', () => {
  expect(published(withNotice(opened, noticeNo('second')))).toEqual(['first', 'second']);
});

test('what makes a finding the same is what is wrong and why it is left', () => {
  const wrong = nonCompliant('a');
  expect(findingFingerprint(wrong)).toBe(wrong.fingerprint);
  expect(findingFingerprint(wrong, 'Paused.')).toBe(findingFingerprint(nonCompliant('a'), 'Paused.'));
  const all = [
    findingFingerprint(wrong),
    findingFingerprint(wrong, 'Paused.'),
    findingFingerprint(wrong, 'Exempt.'),
    findingFingerprint(nonCompliant('b'), 'Paused.'),
  ];
  expect(new Set(all).size).toBe(4);
});
