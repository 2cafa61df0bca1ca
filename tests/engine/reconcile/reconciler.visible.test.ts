import { describe, expect, test } from '@jest/globals';
import { notApplicable } from '../../../shared/control.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { readOnly } from '../../../shared/ledger/ledger.ts';
import { silent } from '../../../shared/notify/notifier.ts';
import { box, CAUSE, kept, labelled, lidClosed, REF, subjectOf, World } from '../../support/fake-resource.ts';
import { OPEN, scene } from '../../support/reconcile-scene.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const MINUTE_MS = 60_000;
const readsOf = (world: World) => world.log.filter((line) => line.startsWith('read'));

/** What becomes of an open box that so many reads do not show yet, by an event of that time. */
async function hidden(reads: number, eventTime: string | null) {
  const { world, engine, sleeps } = scene({ world: new World(OPEN) });
  world.stale.push(...Array<null>(reads).fill(null));
  const clock = { ...engine.clock, now: () => new Date(NOW) };
  const [result] = await reconcile(subjectOf(lidClosed), { ...CAUSE, eventTime }, { ...engine, clock });
  return { outcome: result?.outcome, sleeps };
}
const ago = (milliseconds: number) => new Date(NOW - milliseconds).toISOString();

describe('a resource that is not visible yet', () => {
  test.each([
    [0, 'remediated', []],
    [1, 'remediated', [500]],
    [2, 'remediated', [500, 1500]],
    [3, 'notApplicable', [500, 1500]],
  ] as const)('after its creation is read again: hidden from %i reads it is %s', async (reads, outcome, sleeps) => {
    expect(await hidden(reads, ago(1000))).toEqual({ outcome, sleeps });
  });

  test.each([
    ['a minute ago', ago(MINUTE_MS), false],
    ['less than a minute ago', ago(MINUTE_MS - 1), true],
    ['ahead of our clock', ago(1 - MINUTE_MS), true],
    ['far ahead of our clock', ago(-MINUTE_MS), false],
    ['of no time', null, false],
  ])('after an event %s', async (_when, eventTime, isAwaited) => {
    expect(await hidden(1, eventTime)).toEqual(
      isAwaited ? { outcome: 'remediated', sleeps: [500] } : { outcome: 'notApplicable', sleeps: [] },
    );
  });
});

describe('what a listing has shown', () => {
  test('is enough where nothing may be done', async () => {
    const { world, engine, ledger } = scene({ world: new World(OPEN) });
    const listed = { ...subjectOf(lidClosed), known: OPEN };
    const planOnly = { ...engine, planOnly: true, ledger: readOnly(ledger), notifier: silent };
    expect(await reconcile(listed, CAUSE, planOnly)).toMatchObject([{ outcome: 'remediated' }]);
    expect(await reconcile(listed, CAUSE, { ...engine, ceiling: 'detect' })).toMatchObject([{ outcome: 'detected' }]);
    expect(readsOf(world)).toEqual([]);
  });

  test('is read again where one of several controls finds drift in it', async () => {
    const { world, engine } = scene();
    const listed = { ...subjectOf(lidClosed, labelled), known: { ...OPEN, label: { text: 'tools' } } };
    expect(await reconcile(listed, CAUSE, engine)).toMatchObject([{ outcome: 'compliant' }, { outcome: 'compliant' }]);
    expect(readsOf(world).sort()).toEqual(['read label', 'read lid']);
  });

  test('is enough for a control that it does not concern', async () => {
    const { world, engine } = scene();
    const bystander = { ...lidClosed, evaluate: () => notApplicable('Not mine.') };
    await reconcile({ ...subjectOf(bystander), known: OPEN }, CAUSE, engine);
    expect(readsOf(world)).toEqual([]);
  });
});

test('of a resource that AWS Config has no history of, nothing is asked there', async () => {
  const { engine } = scene({ world: new World(null) });
  const { lastKnown: _, ...unrecorded } = box;
  const subject = { resource: unrecorded, ref: REF, controls: [kept] };
  expect(await reconcile(subject as never, CAUSE, engine)).toMatchObject([
    { outcome: 'detected', annotation: expect.stringContaining('It was lost: nobody knows') },
  ]);
});
