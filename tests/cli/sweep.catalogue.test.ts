import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadScenes } from '../../scenes/index.ts';
import { controls } from '../../shared/controls/index.ts';
import { catalogueAccount, type Found, type Happened, isAmong, type Swept } from '../support/catalogue-sweep.ts';

/** Milliseconds that the sweeps may take where others use the processor too. */
const PATIENCE_MS = 600_000;

const scenes = (await loadScenes()).filter(({ id }) => controls.some((one) => one.id === id));

/** Scenes that need an account without the others: what these prepare would hide the drift, or would be remediated before it happens. */
const APART: readonly (readonly string[])[] = [
  [
    'iam-root-access-key-prohibited',
    's3-bucket-acl-public-access-prohibited',
    's3-bucket-policy-public-access-prohibited',
    'cloudwatch-cis-alarms-enabled',
  ],
  ['cloudtrail-bucket-public-access-prohibited'],
];
/** Every account begins with a default VPC, which is drift from the first day. */
const FROM_THE_START = ['ec2-default-vpc-prohibited'];

const together = scenes.map(({ id }) => id).filter((id) => !APART.flat().includes(id));
const accounts = await Promise.all(
  [together, ...APART].map(async (ids) => ({
    name:
      ids === together ? 'one account with a right and a wrong resource for each' : `an account with ${ids.join(', ')}`,
    ids,
    account: await catalogueAccount(scenes.filter(({ id }) => ids.includes(id))),
  })),
);

const isDrift = ({ before }: Pick<Found, 'before'>) => before === 'NON_COMPLIANT';
const keysOf = (found: Iterable<readonly [string, Found]>) =>
  [...found].map(([key, { outcome }]) => `${key}: ${outcome}`);

test('no scene that needs an account of its own is played beside the others', () => {
  const alone = scenes.filter(({ proof }) => proof.alone).map(({ id }) => id);
  expect(APART.flat().toSorted()).toEqual(alone.toSorted());
});

describe.each(accounts)('$name', ({ ids, account }) => {
  const sweeps = {} as Record<'before' | 'first' | 'second', Swept>;
  const later = {} as Partial<Record<'first' | 'second', Swept>>;
  let happened: readonly Happened[] = [];
  const all = () => [...Object.values(sweeps), ...Object.values(later)];

  beforeAll(async () => {
    await account.prepare();
    sweeps.before = await account.sweep();
    happened = await account.happen();
    sweeps.first = await account.sweep();
    sweeps.second = await account.sweep();
    const due = happened.filter(({ at }) => at !== undefined);
    if (due.length === 0) return;
    const only = [...new Set(due.map(({ id }) => id))];
    const ahead = Math.max(...due.map(({ at }) => at?.getTime() ?? 0)) - Date.now();
    later.first = await account.sweep({ only, ahead });
    later.second = await account.sweep({ only, ahead });
  }, PATIENCE_MS);

  const foundBy = (id: string, swept: Swept | undefined) =>
    [...(swept?.found ?? [])].filter(([, one]) => one.controlId === id);
  const drifted = (key: string, swept: Swept | undefined) => isDrift(swept?.found.get(key) ?? { before: null });
  const wasRight = (key: string) => !drifted(key, sweeps.before);
  /** The drift of a scene, as the first sweep after it finds it. */
  const driftOf = ({ id, at, routed }: Happened) =>
    foundBy(id, at === undefined ? sweeps.first : later.first).filter(
      ([key, one]) => routed.includes(key) && isDrift(one) && (wasRight(key) || FROM_THE_START.includes(id)),
    );

  test('nothing fails', () => {
    for (const { lines } of all()) expect(lines.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(all().map(({ status }) => status)).toEqual(all().map(() => 0));
  });

  test('the second sweep writes nothing, and finds nothing but what the first has left', () => {
    for (const { first, second } of [sweeps, later]) {
      const open = [...(first?.found ?? [])].filter(([, one]) => isDrift(one) && one.outcome !== 'remediated');
      const again = [...(second?.found ?? [])].filter(([, one]) => isDrift(one));
      expect(keysOf(again).filter((one) => !keysOf(open).includes(one))).toEqual([]);
      expect(second?.writes ?? []).toEqual([]);
    }
  });

  test.each(ids)('%s: the wrong one is found, and ends as the mode says', (id) => {
    const own = happened.filter((one) => one.id === id);
    expect(own.length).toBeGreaterThan(0);
    for (const one of own) {
      const after = one.outcome === 'remediated' ? 'COMPLIANT' : 'NON_COMPLIANT';
      expect(driftOf(one).map(([, found]) => found)).toEqual([
        expect.objectContaining({ outcome: one.outcome, after }),
      ]);
    }
  });

  test.each(ids)('%s: the right one is not found', (id) => {
    const own = happened.filter((one) => one.id === id);
    const drifts = new Set(own.flatMap(driftOf).map(([key]) => key));
    const rightIn = (swept: Swept | undefined) =>
      foundBy(id, swept)
        .filter(([key, one]) => !drifts.has(key) && own.some(({ neighbours }) => isAmong(neighbours, one)))
        .filter(([, { before }]) => before === 'COMPLIANT')
        .map(([key]) => key);
    // What is new is not judged yet, and right when it is.
    const [early, late] = [rightIn(sweeps.before), rightIn(later.first)];
    for (const swept of [sweeps.first, sweeps.second])
      for (const key of early) expect(swept.found.get(key)).toMatchObject({ outcome: 'compliant', steps: [] });
    for (const key of late) expect(later.second?.found.get(key)).toMatchObject({ outcome: 'compliant', steps: [] });
    const right = [...early, ...late];
    // A setting of which an account has one, and what is drift only later, are right themselves before it.
    const itself = foundBy(id, sweeps.before).filter(
      ([key, { resourceId, accountId }]) =>
        drifts.has(key) && (resourceId === accountId || own.some(({ at }) => at !== undefined)),
    );
    expect([...right, ...itself.filter(([, one]) => one.before === 'COMPLIANT')].length).toBeGreaterThan(0);
  });

  test.each(ids)('%s: nothing else is found but what was wrong before, or what another drift has made', (id) => {
    const known = new Set([...sweeps.before.found.values()].map(({ resourceId }) => resourceId));
    const touched = new Set(happened.flatMap(({ routed }) => routed.map((key) => key.split(' ').at(-1))));
    const others = foundBy(id, sweeps.first).filter(
      ([key, one]) => isDrift(one) && wasRight(key) && known.has(one.resourceId) && !touched.has(one.resourceId),
    );
    expect(keysOf(others)).toEqual([]);
  });
});
