import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { memoryStore } from '../../shared/ledger/memory.ts';
import { type SliceOfRun, type SweepLease, sweepsIn } from '../../shared/ledger/sweep-lock.ts';

const SCOPE = { accountId: '1', region: 'eu-west-1', service: 'ec2' };
const TIME = 100;

/** Locks over a store in memory, with a clock that stands still. */
function scene() {
  let now = 1_000;
  const store = memoryStore();
  const sweeps = sweepsIn(store, () => now);
  const later = (milliseconds: number) => {
    now += milliseconds;
  };
  const begin = (run: string, slice: number) => sweeps.begin(SCOPE, { run, slice }, now + TIME);
  const begun = async (run: string, slice: number): Promise<SweepLease> => {
    const answer = await begin(run, slice);
    if ('dropped' in answer) throw new Error(answer.dropped);
    return answer;
  };
  return { store, sweeps, later, begin, begun, now: () => now };
}
const dropped = (why: string) => ({ dropped: why });

describe('one sweep at a time', () => {
  test('a second request is dropped while a sweep is under way, of this service in this region only', async () => {
    const { sweeps, begin, begun } = scene();
    await begun('a', 0);
    expect(await begin('b', 0)).toEqual(dropped('a sweep is under way'));
    for (const other of [{ service: 's3' }, { region: 'eu-west-2' }, { accountId: '2' }])
      expect(await sweeps.begin({ ...SCOPE, ...other }, { run: 'b', slice: 0 }, 2_000)).toHaveProperty('holder');
  });

  test('of many that ask at the same moment one sweeps', async () => {
    const { begin } = scene();
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => begin(`run-${n}`, 0)));
    expect(answers.filter((answer) => 'holder' in answer)).toHaveLength(1);
    expect(answers.filter((answer) => 'dropped' in answer)).toHaveLength(7);
  });

  test('slice follows on slice, and what comes twice or too late is dropped', async () => {
    const { sweeps, begin, begun } = scene();
    const first = await begun('a', 0);
    expect(await begin('a', 0)).toEqual(dropped('this slice is taken already'));
    expect(await begin('a', 1)).toEqual(dropped('the slice before it is being swept again'));
    expect(await sweeps.advance(SCOPE, first)).toBe(true);
    expect(await begin('a', 0)).toEqual(dropped('this slice is taken already'));
    expect(await begin('b', 0)).toEqual(dropped('a sweep is under way'));
    const second = await begun('a', 1);
    expect(await begin('a', 0)).toEqual(dropped('this slice is done'));
    expect(await begin('a', 1)).toEqual(dropped('this slice is taken already'));
    await sweeps.end(SCOPE, second);
    for (const slice of [0, 1, 2]) expect(await begin('a', slice)).toEqual(dropped('its sweep is done'));
    await begun('b', 0);
  });

  test('what failed is of that slice alone: neither the next one nor another sweep is cut to it', async () => {
    for (const [run, slice] of [
      ['a', 1],
      ['b', 0],
    ] as const) {
      const { sweeps, begin, begun } = scene();
      await sweeps.release(SCOPE, await begun('a', 0), ['bucket']);
      expect(await begin(run, slice)).toMatchObject({ pendingTypes: null });
    }
  });

  test('only the last 20 sweeps are remembered', async () => {
    const { store, sweeps, begun } = scene();
    for (let run = 0; run < 25; run += 1) await sweeps.end(SCOPE, await begun(`run-${run}`, 0));
    const [lock] = await store.query('SWEEP#1|eu-west-1|ec2');
    expect(lock?.document).toMatchObject({ past: Array.from({ length: 20 }, (_, index) => `run-${23 - index}`) });
  });

  test('the end of each scope is remembered, by whoever swept it whole last', async () => {
    const { sweeps, later, begun } = scene();
    expect(await sweeps.lastEnds()).toEqual([]);
    const lost = await begun('a', 0);
    await sweeps.release(SCOPE, lost, null);
    await sweeps.end(SCOPE, { ...lost, holder: 'another' });
    expect(await sweeps.lastEnds()).toEqual([]);
    await sweeps.end(SCOPE, await begun('a', 0));
    later(5_000);
    await sweeps.saveEnd({ ...SCOPE, service: 's3' });
    expect(await sweeps.lastEnds()).toEqual([
      { ...SCOPE, at: '1970-01-01T00:00:01.000Z' },
      { ...SCOPE, service: 's3', at: '1970-01-01T00:00:06.000Z' },
    ]);
  });

  test('nobody holds what was never swept', async () => {
    const { sweeps, begin } = scene();
    expect(await sweeps.advance(SCOPE, { holder: 'a', pendingTypes: null })).toBe(false);
    expect(await begin('a', 0)).toHaveProperty('holder');
  });

  test('a slice whose time is over comes again, and another sweep may take over', async () => {
    const { sweeps, later, begin, begun } = scene();
    const lost = await begun('a', 0);
    later(TIME);
    await begun('a', 0);
    expect(await sweeps.advance(SCOPE, lost)).toBe(false);
    later(TIME);
    expect(await begin('b', 1)).toEqual(dropped('its sweep is not known any more'));
    const other = await begun('b', 0);
    expect(await begin('a', 0)).toEqual(dropped('another sweep has followed on this one'));
    expect(await begin('a', 1)).toEqual(dropped('another sweep has followed on this one'));
    await sweeps.end(SCOPE, other);
    expect(await begin('a', 0)).toEqual(dropped('another sweep has followed on this one'));
  });

  test('what is released comes again at once, for what is left to do', async () => {
    const { sweeps, begun } = scene();
    await sweeps.release(SCOPE, await begun('a', 0), ['AWS::EC2::Volume']);
    const again = await begun('a', 0);
    expect(again.pendingTypes).toEqual(['AWS::EC2::Volume']);
    await sweeps.advance(SCOPE, again);
    // The event of the next slice could not be sent.
    await sweeps.release(SCOPE, again, null);
    expect((await begun('a', 0)).pendingTypes).toBeNull();
  });

  test('a slice that was advanced and never came is begun again after its time', async () => {
    const { sweeps, later, begun } = scene();
    await sweeps.advance(SCOPE, await begun('a', 0));
    later(TIME);
    await begun('a', 0);
  });
});

/** Whoever is at work ends, or the event of a slice is delivered: doubled, late or out of order. */
const happening = fc.record({
  run: fc.constantFrom('a', 'b', 'c'),
  wait: fc.integer({ min: 0, max: 150 }),
  pick: fc.nat(),
  what: fc.constantFrom('delivery', 'delivery', 'advance', 'end', 'release'),
});

test('however the events come, no two hold it at once, none is begun after its sweep was done, and a new sweep can always follow', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 60 }), async (happenings) => {
      const { sweeps, later, begin, now } = scene();
      const sent: SliceOfRun[] = ['a', 'b', 'c'].map((run) => ({ run, slice: 0 }));
      const done = new Set<string>();
      /** Who is at work, and until when: a function has no more time than its lock. */
      let working: { readonly lease: SweepLease; readonly slice: SliceOfRun; readonly until: number } | null = null;
      for (const { wait, pick, what } of happenings) {
        later(wait);
        if (working !== null && working.until <= now()) working = null;
        if (what === 'delivery') {
          const slice = sent[pick % sent.length] as SliceOfRun;
          const answer = await begin(slice.run, slice.slice);
          if ('dropped' in answer) continue;
          expect(working).toBeNull();
          expect(done.has(slice.run)).toBe(false);
          working = { lease: answer, slice, until: now() + TIME };
        } else if (working !== null) {
          const { lease, slice } = working;
          working = null;
          if (what === 'release') await sweeps.release(SCOPE, lease, null);
          if (what === 'advance' && (await sweeps.advance(SCOPE, lease)))
            sent.push({ run: slice.run, slice: slice.slice + 1 });
          if (what === 'end') {
            await sweeps.end(SCOPE, lease);
            done.add(slice.run);
          }
        }
      }
      later(TIME);
      expect(await begin('new', 0)).toHaveProperty('holder');
    }),
    { numRuns: 500 },
  );
});

test('a run whose every event comes three times in any order ends, and each slice is swept once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.infiniteStream(fc.nat()), async (slices, order) => {
      const { sweeps, begin } = scene();
      const queue = [0, 0, 0];
      const swept: number[] = [];
      for (const pick of order) {
        if (queue.length === 0) break;
        const [slice = 0] = queue.splice(pick % queue.length, 1);
        const answer = await begin('a', slice);
        if ('dropped' in answer) continue;
        swept.push(slice);
        if (slice + 1 < slices && (await sweeps.advance(SCOPE, answer))) queue.push(slice + 1, slice + 1, slice + 1);
        else await sweeps.end(SCOPE, answer);
      }
      expect(swept).toEqual(Array.from({ length: slices }, (_, slice) => slice));
    }),
  );
});
