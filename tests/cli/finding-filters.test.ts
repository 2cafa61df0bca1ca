import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../../shared/cli/errors.ts';
import { assertTags, chosenBy, resourceFilter, tagPattern } from '../../shared/cli/finding-filters.ts';
import { controls } from '../../shared/controls/index.ts';
import { detections } from '../../shared/detections/index.ts';
import type { Ownership, ResourceRef } from '../../shared/resource.ts';
import { crate } from '../support/fake-inventory.ts';
import { named } from '../support/fake-resource.ts';
import { refOf } from '../support/sweep-scene.ts';

const engine = { aws: () => (() => ({})) as never };
const NO_TAGS = { resource: [], tag: [] };

describe('which controls', () => {
  test('by severity and service; both have to fit', () => {
    const chosen = chosenBy(controls, { severity: 'CRITICAL', service: 'ec2' });
    expect(chosen.length).toBeGreaterThan(1);
    for (const { severity, resource } of chosen) expect([severity, resource.service.id]).toEqual(['CRITICAL', 'ec2']);
  });

  test('without a filter all, detections too', () => {
    expect(chosenBy(controls, {})).toEqual(controls);
    expect(chosenBy(detections, {})).toEqual(detections);
  });

  test('a service that no control is of', () => {
    expect(() => chosenBy(controls, { service: 'ecs3' })).toThrow(UsageError);
  });
});

describe('which resources', () => {
  /** What the filter says of c-1 of a type whose tags read like this, and what was reported. */
  async function answer(filters: Parameters<typeof resourceFilter>[0], tags: Ownership['tags'] | Error | null) {
    const reads: string[] = [];
    const unread: string[] = [];
    const ownership = {
      grants: {},
      async read(_aws: unknown, { resourceId }: ResourceRef) {
        reads.push(resourceId);
        if (tags instanceof Error) throw tags;
        return { tags: tags ?? {}, service: null };
      },
    };
    const resource = tags === null ? crate : { ...crate, ownership };
    const filter = resourceFilter(filters, engine, (_ref, error) => unread.push(error));
    return { passes: await filter?.({ resource, ref: refOf('c-1') }), reads, unread };
  }

  test('without a filter nothing is asked', () => {
    expect(resourceFilter(NO_TAGS, engine, () => {})).toBeNull();
  });

  test.each([
    ['c-1', true],
    ['c-*', true],
    ['arn:aws:warehouse:::c-1', true],
    ['*:c-1', true],
    ['c-2', false],
    ['c', false],
  ])('--resource %s', async (resource, passes) => {
    expect(await answer({ resource: [resource], tag: [] }, {})).toEqual({ passes, reads: [], unread: [] });
  });

  test('several names: one has to fit, and tags are read only then', async () => {
    const tag = ['env=prod'];
    expect(await answer({ resource: ['c-2', 'c-3'], tag }, { env: 'prod' })).toMatchObject({
      passes: false,
      reads: [],
    });
    expect(await answer({ resource: ['c-2', 'c-1'], tag }, { env: 'prod' })).toMatchObject({ passes: true });
  });

  test.each<[tag: readonly string[], passes: boolean]>([
    [['env'], true],
    [['env=prod'], true],
    [['env=p*'], true],
    [['e*=prod'], true],
    [['env=prod', 'team'], true],
    [['url=a=b'], true],
    [['env=test'], false],
    [['env=prod', 'owner'], false],
    [['Env=prod'], false],
  ])('--tag %j', async (tag, passes) => {
    const tags = { env: 'prod', team: 'web', url: 'a=b' };
    expect(await answer({ resource: [], tag }, tags)).toMatchObject({ passes, unread: [] });
  });

  test('a type without tags, and a resource that is gone, are left out', async () => {
    expect(await answer({ resource: [], tag: ['env'] }, null)).toEqual({ passes: false, reads: [], unread: [] });
    expect(await answer({ resource: [], tag: ['env'] }, named('NoSuchCrate'))).toMatchObject({
      passes: false,
      unread: [],
    });
  });

  test('tags that cannot be read are reported, and the resource is left out', async () => {
    expect(await answer({ resource: [], tag: ['env'] }, named('AccessDenied', 'no'))).toMatchObject({
      passes: false,
      unread: ['could not read the tags of c-1: AccessDenied: no'],
    });
  });

  test('what names nothing is wrong usage', () => {
    for (const tag of ['', '=prod'])
      expect(() => assertTags({ tag: [tag] })).toThrow(`--tag ${tag}: must be a tag's key`);
    expect(() => tagPattern('=prod')).toThrow("--tag =prod: must be a tag's key, or KEY=VALUE");
  });
});
