import { describe, expect, test } from '@jest/globals';
import detection from '../../../shared/detections/iam-root-user-unused.ts';
import {
  ENDS_AFTER_MS,
  hasDetections,
  isCounted,
  isDetectionDue,
  REPORT_AFTER_MS,
  reportOf,
  withoutFindings,
  withSighting,
  withTimePassed,
} from '../../../shared/engine/detections/sightings.ts';
import { pack } from '../../../shared/ledger/codec.ts';
import { NEW_RESOURCE, type ResourceState } from '../../../shared/ledger/ledger.ts';
import { findingOf } from '../../support/ledger-fixtures.ts';

const START = Date.parse('2026-11-02T09:00:00Z');
const at = (milliseconds: number) => new Date(START + milliseconds);
const detected = (fingerprint = 'CreateAccessKey') => ({
  resourceId: '111122223333',
  fingerprint,
  annotation: `The root user called ${fingerprint}.`,
});
const see = (state: ResourceState, eventId: string | null, time = 0, fingerprint?: string) =>
  withSighting(state, detection, detected(fingerprint), eventId, at(time));
const findings = ({ findings: all }: ResourceState) => Object.values(all);
const other = { findings: { 's3-x': findingOf('s3-x', { lastSeen: at(0).toISOString() }) } };

describe('what events add up to', () => {
  test('the first is new; the same event again changes nothing', () => {
    const { state, news } = see({ ...NEW_RESOURCE, ...other }, 'e-1');
    expect(news).toBe('new');
    expect(findings(state)).toMatchObject([
      { controlId: 's3-x' },
      { controlId: detection.id, severity: 'HIGH', outcome: 'detected', sightings: { repeats: 0, since: null } },
    ]);
    const again = see(state, 'e-1', REPORT_AFTER_MS);
    expect(again).toMatchObject({ news: 'known' });
    expect(again.state).toBe(state);
    expect(isCounted(state, detection, detected(), 'e-1', at(1))).toBe(true);
    expect(isCounted(state, detection, detected(), 'e-2', at(1))).toBe(false);
    expect(isCounted(state, detection, detected(), null, at(1))).toBe(false);
    expect(isCounted(NEW_RESOURCE, detection, detected(), 'e-1', at(1))).toBe(false);
  });

  test('repeats are counted, and reported as a number an hour after the first of them', () => {
    let { state } = see(NEW_RESOURCE, 'e-1');
    for (const [minute, eventId] of [
      [50, 'e-2'],
      [70, 'e-3'],
      [109, null],
    ] as const) {
      const next = see(state, eventId, minute * 60_000);
      expect(next.news).toBe('known');
      state = next.state;
    }
    const { news, finding, state: after } = see(state, 'e-5', 110 * 60_000);
    expect(news).toBe('report');
    expect(reportOf(finding)).toBe(
      'Seen 4 more times since 2026-11-02T09:50:00.000Z. The root user called CreateAccessKey.',
    );
    expect(findings(after)).toMatchObject([{ firstSeen: at(0).toISOString(), sightings: { repeats: 0, since: null } }]);
    expect(see(after, 'e-6', 111 * 60_000).news).toBe('known');
  });

  test('another fingerprint is another finding', () => {
    const first = see(NEW_RESOURCE, 'e-1').state;
    const second = see(first, 'e-2', 1, 'LeaveOrganization');
    expect(second.news).toBe('new');
    expect(findings(second.state)).toHaveLength(2);
  });

  test('what was not seen for seven days is new again; what was seen meanwhile is not', () => {
    const first = see(NEW_RESOURCE, 'e-1').state;
    expect(see(first, 'e-2', ENDS_AFTER_MS).news).toBe('new');
    const seen = see(first, 'e-2', ENDS_AFTER_MS - 1).state;
    expect(see(seen, 'e-3', ENDS_AFTER_MS).news).toBe('known');
  });

  test('an event is known again after others of its kind', () => {
    let state: ResourceState = NEW_RESOURCE;
    for (let index = 1; index <= 20; index += 1) state = see(state, `e-${index}`, index).state;
    for (let index = 1; index <= 20; index += 1) expect(see(state, `e-${index}`, 30).news).toBe('known');
    expect(see(state, 'e-1', 30).state).toBe(state);
    const eventsOf = (seen: ResourceState) => findings(seen)[0]?.sightings?.events;
    expect(eventsOf(see(state, 'e-21', 30).state)).toHaveLength(20);
    expect(eventsOf(see(state, null, 30).state)).toEqual(eventsOf(state));
  });

  test('what is seen again is not the one that was seen longest ago', () => {
    let state: ResourceState = NEW_RESOURCE;
    for (let kind = 0; kind < 50; kind += 1) state = see(state, `e-${kind}`, kind, `fingerprint ${kind}`).state;
    state = see(state, 'e-again', 100, 'fingerprint 0').state;
    state = see(state, 'e-50', 101, 'fingerprint 50').state;
    expect(see(state, 'e-next', 102, 'fingerprint 0').news).toBe('known');
    expect(see(state, 'e-next', 102, 'fingerprint 1').news).toBe('new');
  });

  test('whatever comes, the item stays small: of too many kinds the one that was seen longest ago is forgotten', () => {
    let state: ResourceState = { ...NEW_RESOURCE, ...other };
    for (let kind = 0; kind < 60; kind += 1)
      for (let index = 0; index < 25; index += 1)
        state = see(state, `e-${kind}-${index}`, kind * 1000 + index, `fingerprint ${kind}`).state;
    expect(Object.keys(state.findings)).toHaveLength(51);
    expect(state.findings['s3-x']).toBeDefined();
    expect(pack(state).length).toBeLessThan(40_000);
    expect(see(state, 'e-new', 61_000, 'fingerprint 59').news).toBe('known');
    expect(see(state, 'e-new', 61_000, 'fingerprint 9').news).toBe('new');
  });
});

describe('what time alone brings', () => {
  const repeated = see(see(NEW_RESOURCE, 'e-1').state, 'e-2', 60_000).state;

  test('nothing, before an hour is over', () => {
    const now = at(60_000 + REPORT_AFTER_MS - 1);
    expect(isDetectionDue(repeated, now.getTime())).toBe(false);
    expect(withTimePassed(repeated, now)).toEqual({ state: repeated, reports: [] });
    expect(withTimePassed(repeated, now).state).toBe(repeated);
  });

  test('the number of repeats, once', () => {
    const now = at(60_000 + REPORT_AFTER_MS);
    expect(isDetectionDue(repeated, now.getTime())).toBe(true);
    const { state, reports } = withTimePassed(repeated, now);
    expect(reports.map(reportOf)).toEqual([
      'Seen 1 more time since 2026-11-02T09:01:00.000Z. The root user called CreateAccessKey.',
    ]);
    expect(isDetectionDue(state, now.getTime())).toBe(false);
    expect(withTimePassed(state, now)).toEqual({ state, reports: [] });
  });

  test('the end after seven days, of detections only', () => {
    const { state } = see({ ...NEW_RESOURCE, ...other }, 'e-1');
    expect(isDetectionDue(state, START + ENDS_AFTER_MS - 1)).toBe(false);
    expect(isDetectionDue(state, START + ENDS_AFTER_MS)).toBe(true);
    expect(withTimePassed(state, at(ENDS_AFTER_MS)).state.findings).toEqual(other.findings);
    expect(isDetectionDue({ ...NEW_RESOURCE, ...other }, START + 10 * ENDS_AFTER_MS)).toBe(false);
  });
});

test('an exemption ends what the detection has found, and nothing else', () => {
  const { state } = see({ ...NEW_RESOURCE, ...other }, 'e-1');
  const after = withoutFindings(state, detection);
  expect(after.findings).toEqual(other.findings);
  expect(withoutFindings(after, detection)).toBe(after);
});

test('only what a detection has found counts as its finding', () => {
  expect(hasDetections({ ...NEW_RESOURCE, ...other })).toBe(false);
  expect(hasDetections(see({ ...NEW_RESOURCE, ...other }, 'e-1').state)).toBe(true);
});
