import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Mode } from '../../../shared/control.ts';
import type { Engine } from '../../../shared/engine/context.ts';
import { undo } from '../../../shared/engine/execution/undo.ts';
import { approve, reject } from '../../../shared/engine/reconcile/approvals.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { chainErrors, evidenceOf } from '../../../shared/ledger/chain.ts';
import { LEASE_MS, leaseState } from '../../../shared/ledger/lease.ts';
import { resourceKey } from '../../../shared/ledger/ledger.ts';
import { memoryStore } from '../../../shared/ledger/memory.ts';
import type { Remediation } from '../../../shared/ledger/records.ts';
import { ConflictError, type Store } from '../../../shared/ledger/store.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import type { Notice } from '../../../shared/notify/notifier.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import type { Result } from '../../../shared/result.ts';
import { testEngine } from '../../support/engine.ts';
import {
  type Box,
  CAUSE,
  GOOD,
  kept,
  lidClosed,
  locked,
  named,
  REF,
  shut,
  subjectOf,
  World,
} from '../../support/fake-resource.ts';

const KEY = resourceKey('box', REF);
const START = Date.parse('2026-01-01T00:00:00Z');
const DRIFT = { lid: { open: true }, lock: { on: false } };
/** What a run that died has decided is published by others once it is older than this. */
const PUBLISHED_BY_OTHERS_MS = LEASE_MS + 1;

/** Two controls that each have something to do, one step after the other, and one that remembers. */
const CONTROLS = [lidClosed, locked, kept];
const isRight: Readonly<Record<string, (state: Box) => boolean>> = {
  [lidClosed.id]: ({ lid }) => !lid.open,
  [locked.id]: ({ lid, lock }) => !lid.open && lock.on,
  [shut.id]: ({ lid, lock }) => !lid.open && lock.on,
  [kept.id]: () => true,
};

type Method = 'get' | 'query' | 'commit';
/** What becomes of a call of the store: `call` makes it. */
type Fault = (call: () => Promise<unknown>, method: Method, hook: Hooks) => Promise<unknown>;
interface Hooks {
  /** Lets time go by. */
  later(milliseconds: number): void;
  /** Another run, whose ledger answers, from its beginning to its end. */
  rival(): Promise<unknown>;
}

/** What holds of the call that is broken, and of those after it. */
interface Breakage {
  readonly first: Fault;
  readonly later?: Fault;
}

const throwing: Fault = async () => {
  throw named('LedgerDown');
};
const losingTheAnswer: Fault = async (call) => {
  await call();
  throw named('AnswerLost');
};
const conflicting: Fault = async (call, method) => {
  if (method !== 'commit') return call();
  throw new ConflictError('another run wrote first');
};
const taking =
  (milliseconds: number): Fault =>
  async (call, _method, { later }) => {
    later(milliseconds);
    return call();
  };

const BREAKAGES: Readonly<Record<string, Breakage>> = {
  'throws before it is made, once': { first: throwing },
  'throws before it is made, and all after it do': { first: throwing, later: throwing },
  'is made and its answer lost, once': { first: losingTheAnswer },
  'is made and its answer lost, as all after it are': { first: losingTheAnswer, later: losingTheAnswer },
  'is in conflict, once': { first: conflicting },
  'is in conflict, and all after it are': { first: conflicting, later: conflicting },
  'is as slow as the lease is long': { first: taking(LEASE_MS + 1) },
  'is as slow as half the lease, and all after it are': {
    first: taking(LEASE_MS / 2 + 1),
    later: taking(LEASE_MS / 2 + 1),
  },
  'is so slow that another run takes over before it is made': {
    first: async (call, _method, { later, rival }) => {
      later(LEASE_MS + 1);
      await rival();
      return call();
    },
  },
  'is so slow that another run takes over before it is answered': {
    first: async (call, _method, { later, rival }) => {
      const answer = await call();
      later(LEASE_MS + 1);
      await rival();
      return answer;
    },
  },
  'is so slow that another run comes, in time to leave its mark': {
    first: async (call, _method, { later, rival }) => {
      later(LEASE_MS / 4);
      await rival();
      return call();
    },
  },
};

/** A box, a ledger whose k-th call can be broken, and everything that was done without a record. */
function scene(modes: Readonly<Record<string, Mode>> = {}, controls = CONTROLS) {
  let now = START;
  const world = new World(DRIFT);
  const inner = memoryStore();
  const whole = ledgerIn(inner, () => now);
  const unrecorded: string[] = [];
  const notified: Notice[] = [];
  let left: number | null = null;
  let breakage: Breakage = { first: throwing };
  let broken = false;

  const document: PolicyDocument = {
    defaults: { mode: 'remediate' },
    controls: Object.fromEntries(Object.entries(modes).map(([id, mode]) => [id, { mode }])),
    limits: { flap: { times: 20, within: '1h' } },
  };
  const engineOn = (store: Store): Engine => ({
    ...testEngine(() => aws),
    ledger: ledgerIn(store, () => now),
    policy: policyFrom(document),
    clock: {
      now: () => new Date(now),
      async sleep(milliseconds) {
        now += milliseconds;
      },
    },
    notifier: {
      async tell(notice) {
        notified.push(notice);
      },
      async announce() {},
    },
  });
  const hooks: Hooks = {
    later: (milliseconds) => {
      now += milliseconds;
    },
    rival: () => reconcile(subjectOf(...controls), CAUSE, engineOn(inner)),
  };
  const guarded = (method: Method, call: () => Promise<unknown>): Promise<unknown> => {
    if (left === null) return call();
    left -= 1;
    if (left === -1) {
      broken = true;
      return breakage.first(call, method, hooks);
    }
    return left < -1 && breakage.later !== undefined ? breakage.later(call, method, hooks) : call();
  };
  const store: Store = {
    get: (pk, sk) => guarded('get', () => inner.get(pk, sk)) as ReturnType<Store['get']>,
    query: (pk, prefix) => guarded('query', () => inner.query(pk, prefix)) as ReturnType<Store['query']>,
    list: inner.list,
    commit: (writes, checks) => guarded('commit', () => inner.commit(writes, checks)) as Promise<void>,
  };

  /** Each call that reaches the account must stand, as meant and not yet made, in a record that has begun. */
  const expectRecorded = async (operation: string, input: object) => {
    const records = await Array.fromAsync(whole.remediations());
    if (!records.some(isMeant(operation, input))) unrecorded.push(operation);
  };
  const aws: ReturnType<Engine['aws']> = ((_client: unknown, region = REF.region) => ({
    world,
    async send(command: { constructor: { name: string }; input: object }) {
      await expectRecorded(command.constructor.name.replace(/Command$/, ''), command.input);
      const client = world.aws(region)(Object as never) as { send(given: object): Promise<object> };
      return client.send(command);
    },
  })) as never;

  const state = () => world.box ?? GOOD;
  const records = () => Array.fromAsync(whole.remediations());
  const noticesOf = ({ id }: Remediation, outcome: RegExp) =>
    notified.filter(({ result }) => result.remediationId === id && outcome.test(result.outcome));
  return {
    world,
    whole,
    notified,
    engine: engineOn(store),
    hooks,
    expectRecorded,
    /** Breaks the k-th call of the store from here on, the first being 0. */
    breakAt(k: number, how: Breakage) {
      left = k;
      breakage = how;
      broken = false;
    },
    repaired() {
      left = null;
      return broken;
    },
    expectNoLie(results: readonly Result[]) {
      for (const { controlId, outcome, after } of results)
        if (outcome === 'compliant' || outcome === 'remediated' || after === 'COMPLIANT')
          expect({ controlId, right: isRight[controlId ?? '']?.(state()) }).toEqual({ controlId, right: true });
    },
    expectNoUnrecorded() {
      expect(unrecorded).toEqual([]);
    },
    async expectNoWriteWithoutRecord() {
      expect(unrecorded).toEqual([]);
      for (const { status, controlId, kind } of await records())
        if (status === 'remediated' && kind === 'remediation')
          expect({ controlId, right: isRight[controlId]?.(state()) }).toEqual({ controlId, right: true });
    },
    /** Nothing is left open, nothing waits to be published, and the evidence is whole. */
    async expectSettled() {
      const { open, lease, findings, outbox } = (await whole.load(KEY)).state;
      expect({ open, findings, outbox }).toEqual({ open: [], findings: {}, outbox: [] });
      expect(leaseState(lease, now)).toEqual({ held: false, orphaned: [] });
      await this.expectEvidence();
    },
    async expectEvidence() {
      const all = await records();
      expect(all.map(({ status }) => status)).not.toContain('applying');
      const { head, links } = await whole.chain(KEY);
      const byId = new Map(all.map((record) => [record.id, evidenceOf(record)]));
      expect(chainErrors(head, links, (id) => byId.get(id) ?? null)).toEqual([]);
      expect(new Set(links.map(({ remediationId }) => remediationId))).toEqual(new Set(byId.keys()));
    },
    /** Whatever a control wrote, people were notified of; of each end of a record at least once, and at most twice. */
    async expectNotified() {
      for (const record of await records()) {
        const { controlId, steps, kind, status } = record;
        if (kind !== 'remediation' || !steps.some((step) => step.status === 'made' || step.status === 'unknown'))
          continue;
        expect(notified.map(({ control, result }) => `${control.id} ${result.outcome}`)).toContainEqual(
          expect.stringMatching(`^${controlId} (remediated|failed)`),
        );
        if (status === 'remediated' || status === 'failed') {
          const times = noticesOf(record, new RegExp(`^${status}$`)).length;
          expect({ status, times, within: times >= 1 && times <= 2 }).toMatchObject({ within: true });
        }
      }
    },
    noticesOf,
  };
}

beforeAll(() => {
  // Waits between tries are not what is tested here.
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(((done: () => void) => setImmediate(done)) as never);
});
afterAll(() => {
  jest.restoreAllMocks();
});

/** Runs `trial` with the first call broken, then with the second, … until a run passes without meeting the broken one. */
async function betweenEveryTwoCalls(least: number, trial: (k: number) => Promise<{ readonly broken: boolean }>) {
  for (let k = 0; ; k += 1) {
    const { broken } = await trial(k);
    if (broken) continue;
    expect(k).toBeGreaterThan(least);
    return;
  }
}

const request = (id: string | null | undefined) => ({
  id: id ?? '',
  by: 'ann',
  reason: 'a demo',
  expires: '2026-02-01',
  dryRun: false,
});

describe.each(Object.entries(BREAKAGES))('a call of the ledger that %s', (_name, breakage) => {
  test.each([
    ['one step for each control', CONTROLS],
    ['several steps for one', [shut]],
  ])('leads to no write without a record, to no lie, and to nothing that stays open: %s', async (_what, controls) => {
    await betweenEveryTwoCalls(6, async (k) => {
      const { engine, hooks, breakAt, repaired, world, ...seen } = scene({}, controls);
      breakAt(k, breakage);
      const results = await reconcile(subjectOf(...controls), CAUSE, engine);
      const broken = repaired();
      expect(results.map(({ controlId }) => controlId).sort()).toEqual(controls.map(({ id }) => id).sort());
      seen.expectNoLie(results);
      await seen.expectNoWriteWithoutRecord();

      hooks.later(PUBLISHED_BY_OTHERS_MS);
      const again = await reconcile(subjectOf(...controls), CAUSE, engine);
      expect(again.filter(({ outcome }) => outcome !== 'compliant' && outcome !== 'remediated')).toEqual([]);
      expect(world.box).toEqual(GOOD);
      // Closing a lid that is closed is all that is ever done twice.
      expect(new Set(world.calls.map(({ operation }) => operation))).toEqual(new Set(['CloseLid', 'TurnKey']));
      expect(world.calls.length).toBeLessThanOrEqual(controls === CONTROLS ? 2 : 3);
      await seen.expectNoWriteWithoutRecord();
      await seen.expectSettled();
      await seen.expectNotified();
      return { broken };
    });
  });

  // The first died after the call of its first record, the second after that of its second.
  test.each([4, 5])(
    'while a remediation is found whose run was cut off after %i calls: it comes to its end',
    async (made) => {
      await betweenEveryTwoCalls(4, async (k) => {
        const { engine, hooks, breakAt, repaired, world, whole, ...seen } = scene();
        await cutOff(engine, made);
        expect((await whole.load(KEY)).state.open).toHaveLength(1);
        expect(world.box).toMatchObject({ lid: { open: false }, lock: { on: made === 5 } });
        hooks.later(PUBLISHED_BY_OTHERS_MS);
        breakAt(k, breakage);
        seen.expectNoLie(await reconcile(subjectOf(...CONTROLS), CAUSE, engine));
        const broken = repaired();
        await seen.expectNoWriteWithoutRecord();
        hooks.later(PUBLISHED_BY_OTHERS_MS);
        await reconcile(subjectOf(...CONTROLS), CAUSE, engine);
        expect(world.box).toEqual(GOOD);
        expect(world.calls.map(({ operation }) => operation)).toEqual(['CloseLid', 'TurnKey']);
        await seen.expectSettled();
        await seen.expectNotified();
        return { broken };
      });
    },
  );

  const only = [lidClosed];
  test('while an approval is asked for: it is asked for, and people are notified once or twice', async () => {
    await betweenEveryTwoCalls(4, async (k) => {
      const { engine, hooks, breakAt, repaired, world, whole, ...seen } = scene({ [lidClosed.id]: 'approve' }, only);
      world.box = { ...GOOD, lid: { open: true } };
      breakAt(k, breakage);
      await reconcile(subjectOf(...only), CAUSE, engine);
      const broken = repaired();
      hooks.later(PUBLISHED_BY_OTHERS_MS);
      const [asked] = await reconcile(subjectOf(...only), CAUSE, engine);
      expect(asked).toMatchObject({ outcome: 'awaitingApproval', remediationId: expect.any(String) });
      expect(world.calls).toEqual([]);
      const { open, outbox } = (await whole.load(KEY)).state;
      expect({ open, outbox }).toMatchObject({ open: [{ id: asked?.remediationId }], outbox: [] });
      const notices = seen.notified.filter(({ result }) => result.outcome === 'awaitingApproval');
      expect([1, 2]).toContain(notices.length);
      expect(notices.map(({ result }) => result.remediationId)).toContain(asked?.remediationId);
      await seen.expectEvidence();
      return { broken };
    });
  });

  test('while an approved plan is carried out: it is carried out once, or asked for again', async () => {
    await betweenEveryTwoCalls(5, async (k) => {
      const { engine, hooks, breakAt, repaired, world, whole, ...seen } = scene({ [lidClosed.id]: 'approve' }, only);
      world.box = { ...GOOD, lid: { open: true } };
      const [asked] = await reconcile(subjectOf(...only), CAUSE, engine);
      breakAt(k, breakage);
      const first = await approve(asked?.remediationId ?? '', 'ann', engine, only).then(
        (result) => [result],
        () => [],
      );
      const broken = repaired();
      seen.expectNoLie(first);
      await seen.expectNoWriteWithoutRecord();
      hooks.later(PUBLISHED_BY_OTHERS_MS);
      const [next] = await reconcile(subjectOf(...only), CAUSE, engine);
      if (next?.outcome === 'awaitingApproval') await approve(next.remediationId ?? '', 'ann', engine, only);
      await reconcile(subjectOf(...only), CAUSE, engine);
      expect(world.box).toEqual(GOOD);
      expect(world.calls.map(({ operation }) => operation)).toEqual(['CloseLid']);
      await seen.expectNoWriteWithoutRecord();
      await seen.expectSettled();
      await seen.expectNotified();
      return { broken };
    });
  });

  test('while a plan is rejected: it is rejected, or waits still, and is never carried out', async () => {
    await betweenEveryTwoCalls(4, async (k) => {
      const { engine, hooks, breakAt, repaired, world, whole, ...seen } = scene({ [lidClosed.id]: 'approve' }, only);
      world.box = { ...GOOD, lid: { open: true } };
      const [asked] = await reconcile(subjectOf(...only), CAUSE, engine);
      const id = asked?.remediationId ?? '';
      const toReject = () =>
        reject(id, 'jo', 'not now', engine, only).then(
          () => true,
          () => false,
        );
      breakAt(k, breakage);
      const isRejected = await toReject();
      const broken = repaired();
      hooks.later(PUBLISHED_BY_OTHERS_MS);
      if (!isRejected) await toReject();
      expect(await whole.remediation(id)).toMatchObject({ status: 'rejected', decidedBy: 'jo', error: 'not now' });
      expect(await reconcile(subjectOf(...only), CAUSE, engine)).toMatchObject([{ outcome: 'detected' }]);
      expect(world.calls).toEqual([]);
      expect((await whole.load(KEY)).state).toMatchObject({ open: [], outbox: [] });
      await seen.expectEvidence();
      return { broken };
    });
  });

  test('while a remediation is undone: every call of it is on record, and nobody fights it', async () => {
    await betweenEveryTwoCalls(8, async (k) => {
      const { engine, breakAt, repaired, hooks, world, whole, ...seen } = scene({}, [shut]);
      const [done] = await reconcile(subjectOf(shut), CAUSE, engine);
      const undoes = () =>
        undo(request(done?.remediationId), engine, [shut], async (call) => {
          await seen.expectRecorded(call.operation, call.input);
          world.box = { ...(world.box ?? GOOD), ...('key' in call.input ? { lock: DRIFT.lock } : { lid: DRIFT.lid }) };
          return {};
        });
      const went = () =>
        undoes().then(
          () => true,
          () => false,
        );
      const isUndone = () => world.box?.lid.open === true && !world.box.lock.on;
      breakAt(k, breakage);
      const succeeded = await went();
      const broken = repaired();
      seen.expectNoUnrecorded();
      if (succeeded) expect(isUndone()).toBe(true);
      hooks.later(PUBLISHED_BY_OTHERS_MS);
      if (!succeeded) await went();
      // Whatever became of it, nothing fights it and nothing stays open.
      expect(isUndone()).toBe(true);
      expect(await reconcile(subjectOf(shut), CAUSE, engine)).toMatchObject([{ outcome: 'exempted' }]);
      expect(isUndone()).toBe(true);
      const { open, lease, outbox } = (await whole.load(KEY)).state;
      expect({ open, outbox, held: leaseState(lease, 0).held }).toEqual({ open: [], outbox: [], held: false });
      await seen.expectEvidence();
      seen.expectNoUnrecorded();
      const notices = seen.notified.filter(({ result }) => result.outcome === 'exempted');
      expect([1, 2]).toContain(notices.length);
      return { broken };
    });
  });
});

/** Meant and not yet made, in a record that has begun and that says how every call before it went. */
const isMeant =
  (operation: string, input: object) =>
  ({ status, steps }: Remediation): boolean => {
    const next = steps.find((step) => step.status === 'intended');
    const isNext = next?.operation === operation && JSON.stringify(next.input) === JSON.stringify(input);
    return status === 'applying' && isNext;
  };

/** A run that dies for good after so many calls of its ledger: nothing that it would do after happens. */
async function cutOff(engine: Engine, calls: number): Promise<void> {
  let left = calls;
  const dead = new Promise<never>(() => {});
  const mortal = new Proxy(engine.ledger, {
    get: (ledger, name) => {
      const member = ledger[name as keyof typeof ledger];
      if (typeof member !== 'function') return member;
      return (...given: never[]) => {
        left -= 1;
        return left < 0 ? dead : (member as (...given: never[]) => unknown)(...given);
      };
    },
  });
  const run = reconcile(subjectOf(...CONTROLS), CAUSE, { ...engine, ledger: mortal });
  await Promise.race([run, new Promise((resolve) => setImmediate(() => setImmediate(resolve)))]);
}
