import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { loadScenes } from '../scenes/index.ts';
import { loadCatalogue, loadDetections, ROOT } from '../scripts/catalogue.ts';
import type { AnyResource } from '../shared/control.ts';
import type { Trigger } from '../shared/resource.ts';

const catalogue = await loadCatalogue();
const detections = await loadDetections();
/** The names by which samples are kept, before the first dot: of calls, and of events that are no calls (without spaces). */
const eventsOf = ({ triggers }: AnyResource): readonly string[] =>
  (triggers as readonly Trigger[]).flatMap((trigger) =>
    trigger.kind === 'call' ? trigger.eventNames : [trigger.detailType.replaceAll(' ', '')],
  );
/** What samples there are of a service, `ec2/RunInstances`, each name once. */
const samples = new Set(
  readdirSync(`${ROOT}events`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.split('.')[0] ?? ''),
);
const missing = (files: readonly string[]) => files.filter((file) => !existsSync(ROOT + file));

/** Folders of which every file that does something has a test at its mirrored path, `x.test.ts`, or tests by subject, `x.<subject>.test.ts`. */
const TESTED = ['engine', 'ledger', 'policy', 'doctor'].map((folder) => `shared/${folder}`);

describe.each(TESTED)('%s', (folder) => {
  const tests = readdirSync(`${ROOT}${folder.replace('shared', 'tests')}`, { recursive: true, encoding: 'utf8' });
  const sources = readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );

  test.each(sources)('%s has a test of its own, unless it holds types alone', async (name) => {
    const stem = name.replace(/\.ts$/, '');
    const isTested = tests.some((file) => file.startsWith(`${stem}.`) && file.endsWith('.test.ts'));
    const exported = isTested ? [] : Object.keys(await import(`${ROOT}${folder}/${name}`));
    expect(exported).toEqual([]);
  });
});

describe.each([...catalogue])('the files of %s', (service, controls) => {
  test('every control has a test of its own', () => {
    expect(missing(controls.map(({ id }) => `tests/controls/${service}/${id}.test.ts`))).toEqual([]);
  });

  test('every resource has a test, and every event of it a sample', () => {
    const files = readdirSync(`${ROOT}shared/resources/${service}`).filter((name) => name !== 'service.ts');
    expect(missing(files.map((name) => `tests/resources/${service}/${name.replace('.ts', '.test.ts')}`))).toEqual([]);
    const events = new Set(controls.flatMap(({ resource }) => eventsOf(resource)));
    expect([...events].filter((name) => !samples.has(`${service}/${name}`))).toEqual([]);
  });

  test('there is a function of their domain', () => {
    const domains = new Set(controls.map(({ resource }) => resource.service.domain as string));
    expect(domains.size).toBe(1);
    const files = [...domains].flatMap((domain) =>
      ['handler.ts', 'services.ts', 'permissions.yml'].map((name) => `functions/${domain}/${name}`),
    );
    expect(missing(files)).toEqual([]);
  });
});

test('every detection has a test of its own, and its id begins with its service', () => {
  expect(missing(detections.map(({ id }) => `tests/detections/${id}.test.ts`))).toEqual([]);
  expect(detections.filter(({ id, service }) => !id.startsWith(`${service.id}-`))).toEqual([]);
});

test('every control and detection has its scene, and every scene file belongs to one', async () => {
  const known = [...[...catalogue.values()].flat(), ...detections].map(({ id }) => id);
  expect((await loadScenes()).map(({ id }) => id).sort()).toEqual(known.sort());
});

test('every sample event belongs to a resource, or is one of those that detections read', () => {
  const known = new Set(
    [...catalogue].flatMap(([service, controls]) =>
      controls.flatMap(({ resource }) => eventsOf(resource).map((name) => `${service}/${name}`)),
    ),
  );
  expect([...samples].filter((name) => !known.has(name) && !name.startsWith('detections/'))).toEqual([]);
});
