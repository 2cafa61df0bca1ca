import { describe, expect, test } from '@jest/globals';
import { HOUR_MS, MINUTE_MS } from '../../../shared/time.ts';
import { barrel, barrelKept, crate, crateClosed, Warehouse } from '../../support/fake-inventory.ts';
import { named, refusedWith } from '../../support/fake-resource.ts';
import { SCOPE, sweepScene, TIME, throttled } from '../../support/sweep-scene.ts';

const controls = [crateClosed, barrelKept];
const byPolicy = () =>
  refusedWith('AccessDenied', 'not authorized to perform x with an explicit deny in a service control policy');
const bare = () => refusedWith('AccessDenied', 'Access Denied');

/** A warehouse of drift whose crates cannot be listed, for these reasons one after the other. */
function refusing(...errors: readonly Error[]) {
  const warehouse = new Warehouse({ 'c-1': { open: true }, 'b-1': { open: true } });
  warehouse.errors.set(`${crate.type} 0`, [...errors]);
  const scene = sweepScene(warehouse, { controls });
  return { warehouse, ...scene, known: () => scene.ledger.deniedListings.of(SCOPE) };
}

describe('a listing that a policy of the organization denies', () => {
  test('ends the slice, says which type and who refuses, and the other types are swept', async () => {
    const { warehouse, begin, rechecked, known } = refusing(byPolicy());
    expect(await begin()).toMatchObject({
      resources: 1,
      failed: [],
      denied: [
        `${crate.type} cannot be listed in eu-west-1, and is not swept there: refused by a service control policy of the organization`,
      ],
    });
    expect(rechecked()).toEqual(['b-1']);
    expect(await begin()).toMatchObject({ dropped: 'its sweep is done' });
    expect(await known()).toEqual({
      [crate.type]: { refusal: expect.anything(), since: 1_000_000, lastSeen: warehouse.now, isLasting: true },
    });
  });

  test('is asked again by the next sweep, and over once it is answered', async () => {
    const { warehouse, begin, rechecked, known } = refusing(byPolicy(), byPolicy());
    await begin('a');
    warehouse.now += HOUR_MS;
    await begin('b');
    expect(await known()).toMatchObject({ [crate.type]: { since: 1_000_000, lastSeen: warehouse.now } });
    expect(await begin('c')).toMatchObject({ denied: [] });
    expect(rechecked()).toContain('c-1');
    expect(await known()).toEqual({});
  });

  test('stays denied while the sweep is handed on, and is not asked again by its other slices', async () => {
    const { warehouse, begin, toTheEnd, known } = refusing(byPolicy());
    warehouse.errors.set(`${barrel.type} 0`, Array.from({ length: 12 }, throttled));
    const all = await toTheEnd(await begin());
    expect(all.map(({ handedOn }) => handedOn)).toEqual([...all.slice(1).map(() => true), false]);
    expect(all.length).toBeGreaterThan(1);
    expect(warehouse.log.filter((said) => said.startsWith(`list ${crate.type}`))).toHaveLength(1);
    expect(Object.keys(await known())).toEqual([crate.type]);
  });

  test('behind its first page counts as denied too', async () => {
    const warehouse = new Warehouse({ 'c-1': {}, 'c-2': {}, 'c-3': { open: true } });
    warehouse.errors.set(`${crate.type} 2`, [byPolicy()]);
    const { begin, ledger } = sweepScene(warehouse);
    expect(await begin()).toMatchObject({ resources: 2, failed: [], denied: [expect.stringContaining(crate.type)] });
    expect(Object.keys(await ledger.deniedListings.of(SCOPE))).toEqual([crate.type]);
  });
});

describe('a listing that is denied without a reason', () => {
  test('is tried again, and denied for good where it is so some minutes later', async () => {
    const { warehouse, begin, known } = refusing(bare(), bare(), bare());
    await expect(begin()).rejects.toMatchObject({ name: 'SweepFailedError' });
    expect(await known()).toMatchObject({ [crate.type]: { isLasting: false } });
    warehouse.now += MINUTE_MS;
    await expect(begin()).rejects.toMatchObject({ name: 'SweepFailedError' });
    warehouse.now += MINUTE_MS;
    expect(await begin()).toMatchObject({ failed: [], denied: [expect.stringContaining('no permission')] });
    expect(await known()).toMatchObject({ [crate.type]: { since: 1_000_000, isLasting: true } });
  });

  test('the next day is known from before, and tried once', async () => {
    const { warehouse, begin } = refusing(bare(), bare(), bare());
    await begin('a').catch(() => {});
    warehouse.now += 2 * MINUTE_MS;
    await begin('a');
    warehouse.now += 24 * HOUR_MS;
    expect(await begin('b')).toMatchObject({ failed: [], denied: [expect.stringContaining(crate.type)] });
  });

  test('is over where a retry is answered', async () => {
    const { begin, rechecked, known } = refusing(bare());
    await begin().catch(() => {});
    expect(await begin()).toMatchObject({ failed: [], denied: [] });
    expect(rechecked()).toContain('c-1');
    expect(await known()).toEqual({});
  });
});

test.each([
  ['throttling', throttled()],
  ['an error of the service', Object.assign(named('InternalFailure'), { $metadata: { httpStatusCode: 500 } })],
])('%s is never a denial', async (_what, error) => {
  const { warehouse, begin, known } = refusing(...Array.from({ length: 40 }, () => error));
  warehouse.cost = TIME;
  await begin().catch(() => {});
  expect(await known()).toEqual({});
});

test('what cannot be sent on is no denial of the listing', async () => {
  const { begin, refusals, known } = refusing();
  refusals.push(byPolicy(), byPolicy());
  await expect(begin()).rejects.toMatchObject({ name: 'SweepFailedError' });
  expect(await known()).toEqual({});
});
