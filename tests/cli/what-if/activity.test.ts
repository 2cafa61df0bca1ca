import { describe, expect, test } from '@jest/globals';
import { Activity, lastGroupOf, MAX_ACTORS, MAX_RESOURCES } from '../../../shared/cli/what-if/activity.ts';
import type { Actor } from '../../../shared/cli/what-if/actor.ts';
import type { AnyControl } from '../../../shared/control.ts';
import type { DetectedRecord } from '../../../shared/engine/intake/detect.ts';
import { HOUR_MS } from '../../../shared/time.ts';
import { labelled, lidClosed, REF, subjectOf } from '../../support/fake-resource.ts';

const who = (name: string): Actor => ({ kind: 'person', name, tool: null });
const [ann, bob] = [who('ann'), who('bob')];
const subject = (resourceId: string, ...controls: AnyControl[]) => ({
  ...subjectOf(...controls),
  ref: { ...REF, resourceId },
});
const groupsOf = (activity: Activity) =>
  [...activity.groups.values()].map(({ controlId, actor, events, resources }) => [
    controlId,
    actor.name,
    events,
    resources,
  ]);

describe('events by control and actor', () => {
  test('each resource once, each event as often as it comes, and who was last', () => {
    const activity = new Activity();
    activity.touch(subject('a', lidClosed), ann, 10);
    activity.touch(subject('a', lidClosed, labelled), bob, 30);
    activity.touch(subject('a', lidClosed), { ...ann }, 20);
    activity.touch(subject('b', lidClosed), ann, 5);
    expect(groupsOf(activity)).toEqual([
      ['box-lid-closed', 'ann', 3, 2],
      ['box-lid-closed', 'bob', 1, 1],
      ['box-labelled', 'bob', 1, 1],
    ]);
    expect([...activity.resourcesBy]).toEqual([
      ['box-lid-closed', 2],
      ['box-labelled', 1],
    ]);
    expect([...activity.eventsBy.values()]).toEqual([3, 1]);
    const [a, b] = [...activity.resources.values()];
    expect(a?.subject.controls).toEqual([lidClosed, labelled]);
    expect([a?.looks, b?.looks, activity.looks, activity.beyond]).toEqual([3, 1, 4, 0]);
    expect(a && lastGroupOf(a, 'box-lid-closed')?.actor).toEqual(bob);
    expect(b && lastGroupOf(b, 'box-lid-closed')?.actor).toEqual(ann);
    expect(b && lastGroupOf(b, 'box-labelled')).toBeNull();
  });

  test('beyond so many resources and actors, events are counted and nothing is kept', () => {
    const activity = new Activity();
    for (let at = 0; at < MAX_RESOURCES + 10; at += 1)
      activity.touch(subject(`r${at}`, lidClosed), who(`actor ${at % (2 * MAX_ACTORS)}`), at);
    expect([activity.resources.size, activity.looks, activity.beyond]).toEqual([MAX_RESOURCES, MAX_RESOURCES + 10, 10]);
    expect(activity.groups.size).toBe(MAX_ACTORS + 1);
    expect([...activity.groups.values()].at(-1)?.actor.name).toBe('others');
    expect([...activity.groups.values()].reduce((sum, { events }) => sum + events, 0)).toBe(MAX_RESOURCES + 10);
  });
});

test('what a detection finds is one finding, and a notification an hour', () => {
  const activity = new Activity();
  const detection = { id: 'd', severity: 'HIGH' };
  const found = (fingerprint: string) =>
    ({
      detection,
      ref: REF,
      eventId: null,
      detected: { resourceId: 'x', fingerprint, annotation: '' },
    }) as unknown as DetectedRecord;
  for (const at of [0, 1, HOUR_MS, HOUR_MS + 1]) activity.detect(found('one'), ann, at);
  activity.detect(found('two'), bob, 0);
  expect(activity.sightingsOf('d')).toEqual({ findings: 2, notifications: 3 });
  expect(groupsOf(activity)).toEqual([
    ['d', 'ann', 4, 1],
    ['d', 'bob', 1, 1],
  ]);
  expect(activity.sightingsOf('other')).toEqual({ findings: 0, notifications: 0 });
});
