import { describe, expect, test } from '@jest/globals';
import { loadContent } from '../scripts/catalogue.ts';
import { triggersOf } from '../scripts/generate/patterns.ts';
import type { AnyResource } from '../shared/control.ts';
import type { Detection } from '../shared/detection.ts';
import { changesIn } from '../shared/engine/intake/parse-event.ts';
import { route } from '../shared/engine/intake/route.ts';
import {
  ANSWERED_BY_SEVERAL,
  CORRECTED,
  isThere,
  NAMING_NONE_OF_OURS,
  ROWS,
  type Row,
  SHAPES,
  type Shape,
  UNANSWERED,
} from './support/catalogue-rows.ts';
import { answering } from './support/predicted-events/answers.ts';
import { subjectOf, typeKey } from './support/predicted-events/world.ts';

const catalogued = isThere ? describe : describe.skip;
if (!isThere) test.skip('skipped: the catalogue is not beside this clone', () => {});

const { controls, detections } = await loadContent();

const eventsOf = (trigger: Detection['triggers'][number]): readonly string[] => {
  if (trigger.kind === 'anyCall') return ['* *'];
  if (trigger.kind === 'event') return [`${trigger.source} ${trigger.detailType}`];
  return trigger.eventSources.flatMap((source) => trigger.eventNames.map((name) => `${source} ${name}`));
};

/** What wakes each control and detection. */
const heardBy = new Map([
  ...controls.map((control) => [control.id, triggersOf(control).flatMap(eventsOf)] as const),
  ...detections.map(({ id, triggers }) => [id, triggers.flatMap(eventsOf)] as const),
]);

/** What a row wants to be heard; it calls EventBridge's own events `(EventBridge source aws.acm)`. */
const wantedBy = ({ id, cloudtrail_triggers }: Row): readonly string[] => [
  ...cloudtrail_triggers.flatMap(({ event_source, event_names }) => {
    const source = /^\(EventBridge source (.+)\)$/.exec(event_source)?.[1] ?? event_source;
    return event_names.map((name) => `${source} ${name}`);
  }),
  ...(CORRECTED[id] ?? []),
];

/** What of a row nobody hears: the row itself, where it has no control. */
function unheardOf(row: Row): readonly string[] {
  const ids = ANSWERED_BY_SEVERAL[row.id] ?? [row.id];
  if (ids.some((id) => !heardBy.has(id))) return [row.id];
  const heard = ids.flatMap((id) => heardBy.get(id) ?? []);
  // What hears every call hears each of them.
  const isHeard = (event: string) => heard.includes(event) || heard.includes('* *');
  return wantedBy(row)
    .filter((event) => !isHeard(event))
    .map((event) => `${row.id} ${event}`);
}

catalogued('the rows of the catalogue', () => {
  test.each(ROWS.map((row) => [row.id, row] as const))('every event of %s wakes its control', (_, row) => {
    expect(unheardOf(row).filter((unheard) => !(unheard in UNANSWERED))).toEqual([]);
  });

  test('what is said to be unanswered, corrected or answered by several is so', () => {
    const unheard = new Set(ROWS.flatMap(unheardOf));
    expect(Object.keys(UNANSWERED).filter((key) => !unheard.has(key))).toEqual([]);
    const ids = ROWS.map(({ id }) => id);
    expect([...Object.keys(CORRECTED), ...Object.keys(ANSWERED_BY_SEVERAL)].filter((id) => !ids.includes(id))).toEqual(
      [],
    );
  });
});

/** An example of a call that the catalogue foresaw, and a type that has it for a trigger. */
const examples = SHAPES.flatMap((shape) => {
  const name = `${shape.eventSource ?? 'aws.acm'} ${shape.eventName}`;
  const types = new Set(
    controls.filter((control) => triggersOf(control).flatMap(eventsOf).includes(name)).map(({ resource }) => resource),
  );
  return [...types].map((resource: AnyResource) => [name, typeKey(resource), resource, shape] as const);
});

const readFor = async (resource: AnyResource, { example }: Shape) => {
  const [change] = changesIn(example);
  if (change === undefined) throw new Error('nothing was read');
  return route(change, {
    controls: controls.filter((control) => control.resource === resource),
    aws: () => answering(subjectOf(resource)),
    fallback: { accountId: '', region: '' },
  });
};

catalogued('the examples of the catalogue', () => {
  test.each(examples)('%s is read for %s, and what it names stands in it', async (_name, _type, resource, shape) => {
    const { subjects, unreadable } = await readFor(resource, shape);
    expect(unreadable).toEqual([]);
    // What had to be looked up is the one that the account has.
    const text = JSON.stringify([shape.example, subjectOf(resource).id]);
    for (const { ref } of subjects) for (const part of ref.resourceId.split(/[:/]/)) expect(text).toContain(part);
  });

  test('lead to a resource, but for those that name none of ours', async () => {
    const leading = new Set<string>();
    for (const [name, , resource, shape] of examples)
      if ((await readFor(resource, shape)).subjects.length > 0) leading.add(name);
    const names = new Set(examples.map(([name]) => name));
    expect([...names].filter((name) => !leading.has(name)).sort()).toEqual(Object.keys(NAMING_NONE_OF_OURS).sort());
  });
});
