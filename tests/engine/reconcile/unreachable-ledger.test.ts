import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Mode } from '../../../shared/control.ts';
import type { Engine } from '../../../shared/engine/context.ts';
import { undo } from '../../../shared/engine/execution/undo.ts';
import { approve } from '../../../shared/engine/reconcile/approvals.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { troublesOf } from '../../../shared/ledger/chain.ts';
import { LEASE_TIME } from '../../../shared/ledger/lease.ts';
import { type Remediation, resourceKey } from '../../../shared/ledger/ledger.ts';
import { ConflictError, memoryStore, type Store } from '../../../shared/ledger/store.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
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
  subjectOf,
  World,
} from '../../support/fake-resource.ts';

const KEY = resourceKey('box', REF);
const START = Date.parse('2026-01-01T00:00:00Z');
const DRIFT = { lid: { open: true }, lock: { on: false } };

/** Two controls that each have something to do, one step after the other, and one that remembers. */
const CONTROLS = [lidClosed, locked, kept];
const isRight: Readonly<Record<string, (state: Box) => boolean>> = {
  [lidClosed.id]: ({ lid }) => !lid.open,
  [locked.id]: ({ lid, lock }) => !lid.open && lock.on,
  [kept.id]: () => true,
};

type Method = 'get' | 'query' | 'commit';
/** What becomes of a call of the store: `call` makes it. */
type Fault = (call: () => Promise<unknown>, method: Method, hook: Hooks) => Promise<unknown>;
interface Hooks {
  /** Lets time go by. */
  later(milliseconds: number): void;
  /** Another run, which has no trouble with its ledger, from its beginning to its end. */
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
  'is as slow as the lease is long': { first: taking(LEASE_TIME + 1) },
  'is as slow as half the lease, and all after it are': {
    first: taking(LEASE_TIME / 2 + 1),
    later: taking(LEASE_TIME / 2 + 1),
  },
  'is so slow that another run takes over before it is made': {
    first: async (call, _method, { later, rival }) => {
      later(LEASE_TIME + 1);
      await rival();
      return call();
    },
  },
  'is so slow that another run takes over before it is answered': {
    first: async (call, _method, { later, rival }) => {
      const answer = await call();
      later(LEASE_TIME + 1);
      await rival();
      return answer;
    },
  },
  'is so slow that another run comes, in time to leave its mark': {
    first: async (call, _method, { later, rival }) => {
      later(LEASE_TIME / 4);
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
  const told: string[] = [];
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
      async tell({ result, control }) {
        told.push(`${control.id} ${result.outcome}`);
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
    commit: (writes) => guarded('commit', () => inner.commit(writes)) as Promise<void>,
  };

  /** Each call that reaches the account must stand, as meant and not yet made, in a record that has begun. */
  const expectRecorded = async (operation: string, input: object) => {
    const records = await Array.fromAsync(whole.remediations());
    const meant = records.some(
      ({ status, steps }) =>
        status === 'applying' &&
        steps.some(
          (step) =>
            step.status === 'intended' &&
            step.operation === operation &&
            JSON.stringify(step.input) === JSON.stringify(input),
        ),
    );
    if (!meant) unrecorded.push(operation);
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
  return {
    world,
    whole,
    told,
    engine: engineOn(store),
    hooks,
    /** Breaks the k-th call of the store from here on, the first being 0. */
    breakAt(k: number, how: Breakage) {
      left = k;
      breakage = how;
      broken = false;
    },
    mend() {
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
    /** Nothing is left open, and the evidence is whole. */
    async expectSettled() {
      const { open, held, findings } = await whole.recall(KEY);
      const all = await records();
      expect(open).toEqual([]);
      expect(held).toBe(false);
      expect(all.map(({ status }) => status)).not.toContain('applying');
      expect(findings.filter(({ status }) => status === 'open')).toEqual([]);
      const { head, links } = await whole.chain(KEY);
      const byId = new Map(all.map((record) => [record.id, record]));
      expect(troublesOf(head, links, (id) => byId.get(id) ?? null)).toEqual([]);
      expect(new Set(links.map(({ remediationId }) => remediationId))).toEqual(new Set(byId.keys()));
    },
    /** Whatever a control wrote, people have heard of. */
    async expectTold() {
      for (const { controlId, steps, kind } of await records())
        if (kind === 'remediation' && steps.some(({ status }) => status === 'made' || status === 'unknown'))
          expect(told).toContainEqual(expect.stringMatching(`^${controlId} (remediated|failed)`));
    },
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

describe.each(Object.entries(BREAKAGES))('a call of the ledger that %s', (_name, breakage) => {
  test('leads to no write without a record, to no lie, and to nothing that stays undone', async () => {
    await betweenEveryTwoCalls(40, async (k) => {
      const { engine, hooks, breakAt, mend, world, ...seen } = scene();
      breakAt(k, breakage);
      const results = await reconcile(subjectOf(...CONTROLS), CAUSE, engine);
      const broken = mend();
      expect(results.map(({ controlId }) => controlId).sort()).toEqual(CONTROLS.map(({ id }) => id).sort());
      seen.expectNoLie(results);
      await seen.expectNoWriteWithoutRecord();

      hooks.later(LEASE_TIME);
      const again = await reconcile(subjectOf(...CONTROLS), CAUSE, engine);
      expect(again.filter(({ outcome }) => outcome !== 'compliant' && outcome !== 'remediated')).toEqual([]);
      expect(world.box).toEqual(GOOD);
      await seen.expectNoWriteWithoutRecord();
      await seen.expectSettled();
      await seen.expectTold();
      return { broken };
    });
  });

  test('while a cut-off remediation is found: it comes to its end', async () => {
    await betweenEveryTwoCalls(20, async (k) => {
      const { engine, hooks, breakAt, mend, world, whole, ...seen } = scene();
      await cutOff(engine, 7);
      expect((await whole.recall(KEY)).open).toHaveLength(1);
      expect(world.box).toMatchObject({ lid: { open: false }, lock: { on: false } });
      hooks.later(LEASE_TIME);
      breakAt(k, breakage);
      seen.expectNoLie(await reconcile(subjectOf(...CONTROLS), CAUSE, engine));
      const broken = mend();
      await seen.expectNoWriteWithoutRecord();
      hooks.later(LEASE_TIME);
      await reconcile(subjectOf(...CONTROLS), CAUSE, engine);
      expect(world.box).toEqual(GOOD);
      await seen.expectSettled();
      await seen.expectTold();
      return { broken };
    });
  });

  const only = [lidClosed];
  test('while an approved plan is carried out: it is carried out once, or asked for again', async () => {
    await betweenEveryTwoCalls(20, async (k) => {
      const { engine, hooks, breakAt, mend, world, whole, ...seen } = scene({ [lidClosed.id]: 'approve' }, only);
      world.box = { ...GOOD, lid: { open: true } };
      const [asked] = await reconcile(subjectOf(...only), CAUSE, engine);
      breakAt(k, breakage);
      const first = await approve(asked?.remediationId ?? '', 'ann', engine, only).then(
        (result) => [result],
        () => [],
      );
      const broken = mend();
      seen.expectNoLie(first);
      await seen.expectNoWriteWithoutRecord();
      hooks.later(LEASE_TIME);
      const [next] = await reconcile(subjectOf(...only), CAUSE, engine);
      if (next?.outcome === 'awaitingApproval') await approve(next.remediationId ?? '', 'ann', engine, only);
      await reconcile(subjectOf(...only), CAUSE, engine);
      expect(world.box).toEqual(GOOD);
      await seen.expectNoWriteWithoutRecord();
      await seen.expectSettled();
      return { broken };
    });
  });

  test('while a remediation is taken back: every call of it is on record', async () => {
    await betweenEveryTwoCalls(15, async (k) => {
      const { engine, breakAt, mend, hooks, world, whole, ...seen } = scene({}, only);
      world.box = { ...GOOD, lid: { open: true } };
      const [done] = await reconcile(subjectOf(lidClosed), CAUSE, engine);
      const request = {
        id: done?.remediationId ?? '',
        by: 'ann',
        reason: 'a demo',
        expires: '2026-02-01',
        dryRun: false,
      };
      const made: string[] = [];
      const takeBack = () =>
        undo(request, engine, [lidClosed], async (call) => {
          const own = (await Array.fromAsync(whole.remediations())).filter(({ kind }) => kind === 'undo');
          if (!own.some(isMeant(call.operation))) made.push(call.operation);
          world.box = { ...GOOD, lid: { open: true } };
          return {};
        });
      breakAt(k, breakage);
      const went = await takeBack().then(
        () => true,
        () => false,
      );
      const broken = mend();
      expect(made).toEqual([]);
      if (went) expect(world.box.lid.open).toBe(true);
      // Whatever became of it, nothing fights it and nothing stays open.
      hooks.later(LEASE_TIME);
      if (!went && world.box.lid.open) await takeBack().catch(() => {});
      await reconcile(subjectOf(lidClosed), CAUSE, engine);
      const { open, held } = await whole.recall(KEY);
      expect({ open, held }).toEqual({ open: [], held: false });
      seen.expectNoUnrecorded();
      return { broken };
    });
  });
});

const isMeant =
  (operation: string) =>
  ({ status, steps }: Remediation): boolean =>
    status === 'applying' && steps.some((step) => step.status === 'intended' && step.operation === operation);

/** A run that dies for good at its n-th call of the account's or the ledger's: nothing that it would do after happens. */
async function cutOff(engine: Engine, saves: number): Promise<void> {
  let left = saves;
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
