import { beforeEach, expect, test } from '@jest/globals';
import { approve, reject } from '../../../shared/engine/reconcile/approvals.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { NO_LOOK, withLease } from '../../../shared/engine/reconcile/with-lease.ts';
import { leaseState } from '../../../shared/ledger/lease.ts';
import { type Ledger, resourceKey } from '../../../shared/ledger/ledger.ts';
import { type TestEngine, testEngine } from '../../support/engine.ts';
import { CAUSE, lidClosed, REF, subjectOf, World } from '../../support/fake-resource.ts';

const ABOUT = { service: 'box', ref: REF };
let world: World;
let engine: TestEngine;
/** What holds for everybody cannot be read. */
let unreadable: TestEngine;

beforeEach(() => {
  world = new World({ lid: { open: true } });
  engine = testEngine((region) => world.aws(region), 'remediate');
  const ledger: Ledger = { ...engine.ledger, loadShared: () => Promise.reject(new Error('throttled')) };
  unreadable = { ...engine, ledger };
});
const isHeld = async () => leaseState((await engine.ledger.load(resourceKey('box', REF))).state.lease, Date.now()).held;

test('a lease is held while the work goes on, and free afterwards, however it ends', async () => {
  expect(await withLease(ABOUT, engine, NO_LOOK, isHeld)).toBe(true);
  expect(await isHeld()).toBe(false);
  const failing = withLease(ABOUT, engine, NO_LOOK, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await isHeld()).toBe(false);
});

test('where what holds for everybody cannot be read, nobody is kept away by the lease', async () => {
  await expect(withLease(ABOUT, unreadable, NO_LOOK, async () => {})).rejects.toThrow('throttled');
  expect(await isHeld()).toBe(false);
  expect(await reconcile(subjectOf(lidClosed), CAUSE, unreadable)).toMatchObject([{ outcome: 'failed' }]);
  expect(await isHeld()).toBe(false);
  expect(world.calls).toEqual([]);
  expect(await reconcile(subjectOf(lidClosed), CAUSE, engine)).toMatchObject([{ outcome: 'remediated' }]);
});

test('a decision that could not be made can be made again at once', async () => {
  const { settingsFor, ...policy } = engine.policy;
  const asking: TestEngine['policy'] = {
    ...policy,
    settingsFor: (...of) => ({ ...settingsFor(...of), mode: 'approve' }),
    reach: () => 'approve',
  };
  const [waiting] = await reconcile(subjectOf(lidClosed), CAUSE, { ...engine, policy: asking });
  const id = waiting?.remediationId ?? '';
  await expect(reject(id, 'jo', 'no', { ...unreadable, policy: asking }, [lidClosed])).rejects.toThrow('throttled');
  expect(await approve(id, 'jo', { ...engine, policy: asking }, [lidClosed])).toMatchObject({ outcome: 'remediated' });
});
