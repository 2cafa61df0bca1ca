import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { loadCatalogue, ROOT } from '../scripts/catalogue.ts';
import type { AnyResource } from '../shared/control.ts';
import type { Trigger } from '../shared/resource.ts';

const catalogue = await loadCatalogue();
/** The names by which samples are kept: of calls, and of events that are no calls. */
const eventsOf = ({ triggers }: AnyResource): readonly string[] =>
  (triggers as readonly Trigger[]).flatMap((trigger) =>
    trigger.kind === 'call' ? trigger.eventNames : [trigger.detailType],
  );
const missing = (files: readonly string[]) => files.filter((file) => !existsSync(ROOT + file));

describe.each([...catalogue])('the files of %s', (service, controls) => {
  test('every control has a test of its own', () => {
    expect(missing(controls.map(({ id }) => `tests/controls/${service}/${id}.test.ts`))).toEqual([]);
  });

  test('every resource has a test, and every event of it a sample', () => {
    const files = readdirSync(`${ROOT}shared/resources/${service}`).filter((name) => name !== 'service.ts');
    expect(missing(files.map((name) => `tests/resources/${service}/${name.replace('.ts', '.test.ts')}`))).toEqual([]);
    const events = new Set(controls.flatMap(({ resource }) => eventsOf(resource)));
    expect(missing([...events].map((name) => `events/${service}/${name}.json`))).toEqual([]);
  });

  test('there is a function', () => {
    expect(missing([`functions/${service}/handler.ts`, `functions/${service}/function.yml`])).toEqual([]);
  });
});

test('every sample event belongs to a resource', () => {
  const known = [...catalogue].flatMap(([service, controls]) =>
    controls.flatMap(({ resource }) => eventsOf(resource).map((name) => `${service}/${name}`)),
  );
  const samples = readdirSync(`${ROOT}events`, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.json'),
  );
  expect(samples.filter((file) => !known.includes(file.split('.')[0] ?? ''))).toEqual([]);
});
