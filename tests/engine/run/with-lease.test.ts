import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Engine } from '../../../shared/engine/context.ts';
import { approve, reject } from '../../../shared/engine/reconcile/approvals.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import type { Draft } from '../../../shared/engine/run/draft.ts';
import { withNotice } from '../../../shared/engine/run/findings.ts';
import { NO_FOLLOW_UP, type OnContention, withLease } from '../../../shared/engine/run/with-lease.ts';
import { FREE, LEASE_MS, LeaseHeldError, leaseState, mark } from '../../../shared/ledger/lease.ts';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import { type BoxScene, boxScene, KEY } from '../../support/box-run.ts';
import { type TestEngine, testEngine } from '../../support/engine.ts';
import { CAUSE, lidClosed, named, REF, subjectOf, World } from '../../support/fake-resource.ts';
import { change, noticeOf, remediationOf } from '../../support/ledger-fixtures.ts';

const ABOUT = { service: 'box', ref: REF };
const NOTICE = { ...noticeOf(remediationOf('rem-1'), 0), id: 'a' };

let scene: BoxScene;
let engine: Engine;
let looks: number;
let contention: OnContention;
beforeEach(() => {
  scene = boxScene();
  engine = scene.engine;
  looks = 0;
  contention = {
    ids: [lidClosed.id],
    async reconcile() {
      looks += 1;
    },
  };
});
const state = async () => (await scene.session()).state;
/** Somebody comes and leaves a mark. */
const comes = async () => {
  const { lease } = await state();
  await change(engine.ledger, KEY, { lease: mark(lease, { requested: [lidClosed.id] }) ?? lease });
};

test('what is done is done by the only writer, and written as the lease is released', async () => {
  const done = await withLease(ABOUT, engine, contention, async (draft) => {
    expect((await state()).lease).toMatchObject({ until: scene.now() + LEASE_MS, handles: [lidClosed.id] });
    expect(draft.session.shared).not.toBeNull();
    await expect(withLease(ABOUT, engine, NO_FOLLOW_UP, async () => 'twice')).rejects.toThrow(LeaseHeldError);
    draft.change((before) => withNotice(before, NOTICE));
    return 'done';
  });
  expect([done, looks]).toEqual(['done', 0]);
  expect(await state()).toMatchObject({ lease: FREE, outbox: [{ id: 'a' }], changedHandsAt: scene.now() });
});

test('a lease that has ended is taken over', async () => {
  await change(engine.ledger, KEY, { lease: { ...FREE, holder: 'a dead run', until: scene.now() } });
  expect(await withLease(ABOUT, engine, contention, async () => 'done')).toBe('done');
});

test('another run is at work: it says so, and for how long to wait', async () => {
  await change(engine.ledger, KEY, { lease: { ...FREE, holder: 'another', until: scene.now() + 1 } });
  await expect(withLease(ABOUT, engine, contention, async () => 'done')).rejects.toThrow(
    'another run is at work on box-1: try again in a minute',
  );
  expect((await state()).lease.holder).toBe('another');
});

describe('work that throws', () => {
  test('lets go of the lease, and writes nothing of what it had decided', async () => {
    const work = async (draft: Draft) => {
      draft.change((before) => withNotice(before, NOTICE));
      throw named('Oops');
    };
    await expect(withLease(ABOUT, engine, contention, work)).rejects.toThrow('Oops');
    expect(await state()).toMatchObject({ lease: { holder: null }, outbox: [] });
  });

  test('says how it ended also where the lease cannot be let go of', async () => {
    const { ledger } = engine;
    let isDown = false;
    const update: typeof ledger.update = (session, decide) =>
      isDown ? Promise.reject(named('LedgerDown')) : ledger.update(session, decide);
    const work = async () => {
      isDown = true;
      throw named('Oops');
    };
    await expect(withLease(ABOUT, { ...engine, ledger: { ...ledger, update } }, contention, work)).rejects.toThrow(
      'Oops',
    );
  });
});

describe('whoever comes meanwhile', () => {
  test('has it looked at, once the lease is free', async () => {
    let isFree = false;
    const look = async () => {
      looks += 1;
      isFree = (await state()).lease.holder === null;
    };
    await withLease(ABOUT, engine, { ...contention, reconcile: look }, async (draft) => {
      draft.change((before) => withNotice(before, NOTICE));
      await comes();
    });
    expect([looks, isFree]).toEqual([1, true]);
    expect(await state()).toMatchObject({ outbox: [{ id: 'a' }], lease: { wanted: [lidClosed.id] } });
  });

  test('where nobody here can look, has to come again', async () => {
    await withLease(ABOUT, engine, NO_FOLLOW_UP, async () => {
      await expect(comes()).rejects.toThrow(LeaseHeldError);
    });
    expect((await state()).lease).toEqual(FREE);
  });
});

describe('where what holds for everybody cannot be read', () => {
  let world: World;
  let whole: TestEngine;
  let unreadable: TestEngine;
  beforeEach(() => {
    world = new World({ lid: { open: true } });
    whole = testEngine((region) => world.aws(region), 'remediate');
    const ledger: Ledger = { ...whole.ledger, loadShared: () => Promise.reject(new Error('throttled')) };
    unreadable = { ...whole, ledger };
  });
  const isHeld = async () => leaseState((await whole.ledger.load(KEY)).state.lease, Date.now()).held;

  test('nobody is kept away by the lease', async () => {
    await expect(withLease(ABOUT, unreadable, NO_FOLLOW_UP, async () => {})).rejects.toThrow('throttled');
    expect(await isHeld()).toBe(false);
    expect(await reconcile(subjectOf(lidClosed), CAUSE, unreadable)).toMatchObject([{ outcome: 'failed' }]);
    expect(await isHeld()).toBe(false);
    expect(world.calls).toEqual([]);
    expect(await reconcile(subjectOf(lidClosed), CAUSE, whole)).toMatchObject([{ outcome: 'remediated' }]);
  });

  test('a decision that could not be made can be made again at once', async () => {
    const { settingsFor, ...policy } = whole.policy;
    const asking: TestEngine['policy'] = {
      ...policy,
      settingsFor: (...of) => ({ ...settingsFor(...of), mode: 'approve' }),
      reach: () => 'approve',
    };
    const [waiting] = await reconcile(subjectOf(lidClosed), CAUSE, { ...whole, policy: asking });
    const id = waiting?.remediationId ?? '';
    await expect(reject(id, 'jo', 'no', { ...unreadable, policy: asking }, [lidClosed])).rejects.toThrow('throttled');
    expect(await approve(id, 'jo', { ...whole, policy: asking }, [lidClosed])).toMatchObject({ outcome: 'remediated' });
  });
});
