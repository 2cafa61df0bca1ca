import { beforeEach, describe, expect, test } from '@jest/globals';
import { Draft } from '../../../shared/engine/run/draft.ts';
import { withNotice } from '../../../shared/engine/run/findings.ts';
import { type Admission, CLOSED } from '../../../shared/ledger/breaker.ts';
import { FREE, LEASE_MS, mark } from '../../../shared/ledger/lease.ts';
import type { Ledger, ResourceState } from '../../../shared/ledger/ledger.ts';
import type { QueuedNotice } from '../../../shared/ledger/outbox.ts';
import type { Remediation } from '../../../shared/ledger/records.ts';
import { type BoxScene, boxScene, HOLDER, KEY } from '../../support/box-run.ts';
import { lidClosed, REF } from '../../support/fake-resource.ts';
import { change, exemptionOf, findingOf, noticeOf, remediationOf } from '../../support/ledger-fixtures.ts';

const LIMITS = [{ scope: 'c', limit: 1 }];
const ANNOUNCEMENT = { key: 'breaker|c', announcement: { severity: 'CRITICAL', subject: 'Open', text: '' } } as const;
const noticeNo = (id: string): QueuedNotice => ({ ...noticeOf(recordOf('rem-1'), 0), id });
const recordOf = (id: string, rest: Partial<Remediation> = {}) =>
  remediationOf(id, { service: 'box', ref: REF, status: 'applying', ...rest });
const queue = (id: string) => (state: ResourceState) => withNotice(state, noticeNo(id));
const outboxOf = ({ outbox }: ResourceState) => outbox.map(({ id }) => id);

let scene: BoxScene;
let ledger: Ledger;
let draft: Draft;
beforeEach(async () => {
  scene = boxScene();
  ledger = scene.engine.ledger;
  draft = (await scene.run([lidClosed])).draft;
});
const state = async () => (await scene.session()).state;
/** Another run writes first. */
const meanwhile = async (next: Partial<ResourceState>) => change(ledger, KEY, next);

describe('what is decided', () => {
  test('is not written before it is asked to, and seen as it will be', async () => {
    draft.change(queue('a'));
    draft.save(recordOf('rem-1'));
    expect(outboxOf(draft.state)).toEqual(['a']);
    expect(draft.state.open).toEqual([{ id: 'rem-1', controlId: recordOf('rem-1').controlId, status: 'applying' }]);
    expect(draft.pending('rem-1')).toMatchObject({ status: 'applying' });
    expect(outboxOf(await state())).toEqual([]);
    expect(await ledger.remediation('rem-1')).toBeNull();
  });

  test('is written together: state, records, breakers, exemptions, announcements', async () => {
    let writes = 0;
    const update: Ledger['update'] = (session, decide) => {
      writes += 1;
      return ledger.update(session, decide);
    };
    const engine = { ...scene.engine, ledger: { ...ledger, update } };
    const counted = new Draft(engine, draft.session, HOLDER);
    counted.change(queue('a'));
    counted.save(recordOf('rem-1'));
    counted.exempt(exemptionOf('ex-1'));
    counted.onBreakers(() => [{ scope: 'c', shard: null, read: 0, value: { ...CLOSED, openedAt: 5 } }]);
    counted.announce(ANNOUNCEMENT);
    await counted.write();
    expect(writes).toBe(1);
    expect(counted.hasAnnounced).toBe(true);
    expect(outboxOf(await state())).toEqual(['a']);
    expect(await ledger.remediation('rem-1')).toMatchObject({ status: 'applying' });
    expect((await ledger.breakers.all()).get('c')).toMatchObject({ openedAt: 5 });
    expect(await ledger.exemptions()).toMatchObject([{ id: 'ex-1' }]);
    expect(await ledger.announcements.claim(scene.now())).toEqual([ANNOUNCEMENT]);
  });

  test('is written once', async () => {
    draft.change(queue('a'));
    await draft.write();
    const { version } = await scene.session();
    await draft.write();
    expect((await scene.session()).version).toBe(version);
    expect(outboxOf(await state())).toEqual(['a']);
    expect(draft.hasAnnounced).toBe(false);
  });

  test('nothing is no write, and does not extend the lease', async () => {
    const before = await scene.session();
    scene.later(1000);
    await draft.write();
    expect(await scene.session()).toEqual(before);
  });

  test('is written also where it is no change of the state', async () => {
    draft.exempt(exemptionOf('ex-1'));
    await draft.write();
    draft.onBreakers(() => [{ scope: 'c', shard: null, read: 0, value: { ...CLOSED, openedAt: 5 } }]);
    await draft.write();
    draft.announce(ANNOUNCEMENT);
    await draft.write();
    expect(await ledger.exemptions()).toMatchObject([{ id: 'ex-1' }]);
    expect((await ledger.breakers.all()).get('c')).toMatchObject({ openedAt: 5 });
    expect(await ledger.announcements.claim(scene.now())).toEqual([ANNOUNCEMENT]);
  });

  test('is decided again on what another run has written meanwhile', async () => {
    draft.change(queue('a'));
    await meanwhile({ outbox: [noticeNo('another’s')] });
    await draft.write();
    expect(outboxOf(await state())).toEqual(['another’s', 'a']);
    expect(outboxOf(draft.state)).toEqual(['another’s', 'a']);
  });

  test('stays to be written where the store does not answer', async () => {
    let isDown = true;
    const update: Ledger['update'] = (session, decide) =>
      isDown ? Promise.reject(new Error('down')) : ledger.update(session, decide);
    const shaky = new Draft({ ...scene.engine, ledger: { ...ledger, update } }, draft.session, HOLDER);
    shaky.save(recordOf('rem-1'));
    await expect(shaky.write()).rejects.toThrow('down');
    expect(shaky.pending('rem-1')).not.toBeNull();
    isDown = false;
    await shaky.write();
    expect(await ledger.remediation('rem-1')).not.toBeNull();
  });

  test('is queued once where the answer to the write was lost', async () => {
    let isLost = true;
    const update: Ledger['update'] = async (session, decide) => {
      const updated = await ledger.update(session, decide);
      if (!isLost) return updated;
      isLost = false;
      throw new Error('no answer');
    };
    const shaky = new Draft({ ...scene.engine, ledger: { ...ledger, update } }, draft.session, HOLDER);
    shaky.change(queue('a'));
    await expect(shaky.write()).rejects.toThrow('no answer');
    await shaky.write();
    expect(outboxOf(await state())).toEqual(['a']);
  });

  test('of a record that has ended leaves it among the open ones no longer', async () => {
    draft.save(recordOf('rem-1'));
    draft.save(recordOf('rem-2', { status: 'pending' }));
    draft.save(recordOf('rem-1', { status: 'remediated' }));
    expect(draft.state.open.map(({ id }) => id)).toEqual(['rem-2']);
  });

  test('forgets the time of a recheck that nothing waits for', async () => {
    draft.change((before) => ({ ...before, recheckAt: 5 }));
    expect(draft.state.recheckAt).toBeNull();
    draft.change((before) => ({ ...before, findings: { c: findingOf('c', { outcome: 'pending' }) } }));
    expect(draft.state.recheckAt).toBe(5);
    draft.change((before) => ({ ...before, findings: {} }));
    draft.save(recordOf('rem-1', { status: 'pending' }));
    expect(draft.state.recheckAt).toBe(5);
  });
});

describe('the lease', () => {
  test('is extended by every write, and lost where it is another’s', async () => {
    scene.later(LEASE_MS / 2);
    draft.change(queue('a'));
    await draft.write();
    expect((await state()).lease).toMatchObject({ holder: HOLDER, until: scene.now() + LEASE_MS });
    await meanwhile({ lease: { ...FREE, holder: 'another', until: scene.now() + LEASE_MS } });
    draft.change(queue('b'));
    await expect(draft.write()).rejects.toMatchObject({ name: 'LeaseLostError' });
    expect(outboxOf(await state())).toEqual(['a']);
  });

  test('is not taken by a write without one', async () => {
    const free = new Draft(scene.engine, await meanwhile({ lease: FREE }));
    free.change(queue('a'));
    await free.write();
    expect((await state()).lease).toEqual(FREE);
    free.assertTimeLeft();
  });

  test('has time left for a call for half of its length', async () => {
    scene.later(LEASE_MS / 2);
    draft.assertTimeLeft();
    scene.later(1);
    expect(() => draft.assertTimeLeft()).toThrow(/too late/);
    draft.change(queue('a'));
    await draft.write();
    draft.assertTimeLeft();
  });

  test('is released with what is decided', async () => {
    draft.change(queue('a'));
    expect(await draft.release()).toEqual([]);
    expect((await state()).lease).toEqual(FREE);
    expect((await state()).changedHandsAt).toBe(scene.now());
    expect(outboxOf(await state())).toEqual(['a']);
  });

  test('of a resource that others want looked at is kept: what is decided is written, and who wants what is said', async () => {
    draft.change(queue('a'));
    const { lease } = await state();
    await meanwhile({ lease: mark(lease, { requested: [lidClosed.id] }) ?? lease });
    expect(await draft.release()).toEqual([lidClosed.id]);
    expect((await state()).lease).toMatchObject({ holder: HOLDER, dirty: false, until: scene.now() + LEASE_MS });
    expect(outboxOf(await state())).toEqual(['a']);
  });
});

describe('the beginning of a remediation', () => {
  const begin = (id: string, refused: (admission: Admission) => typeof ANNOUNCEMENT | null = () => null) =>
    draft.begin(recordOf(id), LIMITS, queue(`finding of ${id}`), refused);

  test('is written with its finding, its place in the breaker and what was decided before', async () => {
    draft.change(queue('before'));
    const admission = await begin('rem-1');
    expect(admission).toMatchObject({ refusedBy: null, taken: [{ scope: 'c', at: scene.now() }] });
    expect(outboxOf(await state())).toEqual(['before', 'finding of rem-1']);
    expect((await state()).open).toMatchObject([{ id: 'rem-1' }]);
    expect(await ledger.remediation('rem-1')).toMatchObject({ status: 'applying' });
    expect((await ledger.breakers.all()).get('c')?.times).toEqual([scene.now()]);
  });

  test('that has no room is none: what was decided before is written, and the breaker opens once', async () => {
    await begin('rem-1');
    draft.change(queue('before'));
    expect(await begin('rem-2', () => ANNOUNCEMENT)).toMatchObject({ refusedBy: 'c', opened: true, taken: [] });
    expect(draft.hasAnnounced).toBe(true);
    expect(outboxOf(await state())).toEqual(['finding of rem-1', 'before']);
    expect(await ledger.remediation('rem-2')).toBeNull();
    expect(await ledger.announcements.claim(scene.now())).toEqual([ANNOUNCEMENT]);
    expect((await ledger.breakers.all()).get('c')).toMatchObject({ openedAt: scene.now(), times: [scene.now()] });
    expect(await begin('rem-3')).toMatchObject({ refusedBy: 'c', opened: false });
  });

  test('counts the place that another run has taken meanwhile', async () => {
    const rival = new Draft(scene.engine, await ledger.loadShared(await scene.session()), HOLDER);
    await rival.begin(
      recordOf('rem-9'),
      LIMITS,
      (before) => before,
      () => null,
    );
    expect(await begin('rem-1')).toMatchObject({ refusedBy: 'c' });
    expect(await ledger.remediation('rem-1')).toBeNull();
  });

  test('needs what holds for everybody', async () => {
    draft.adopt({ ...draft.session, shared: null });
    await expect(begin('rem-1')).rejects.toThrow(TypeError);
  });
});
