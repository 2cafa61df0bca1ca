import { expect } from '@jest/globals';
import type { Mode } from '../../shared/control.ts';
import type { Engine } from '../../shared/engine/context.ts';
import { reconcile } from '../../shared/engine/reconcile/reconciler.ts';
import { chainErrors, evidenceOf } from '../../shared/ledger/chain.ts';
import { LEASE_MS, leaseState } from '../../shared/ledger/lease.ts';
import { resourceKey } from '../../shared/ledger/ledger.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import type { Remediation } from '../../shared/ledger/records.ts';
import { ConflictError, type Store } from '../../shared/ledger/store.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import type { Notice } from '../../shared/notify/notifier.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import type { Result } from '../../shared/result.ts';
import { singles, testEngine } from './engine.ts';
import { type Box, CAUSE, GOOD, kept, lidClosed, locked, named, REF, shut, subjectOf, World } from './fake-resource.ts';

export const KEY = resourceKey('box', REF);
const START = Date.parse('2026-01-01T00:00:00Z');
export const DRIFT = { lid: { open: true }, lock: { on: false } };
/** What a run that died has decided is published by others once it is older than this. */
export const PUBLISHED_BY_OTHERS_MS = LEASE_MS + 1;

/** Two controls that each have something to do, one step after the other, and one that remembers. */
export const CONTROLS = [lidClosed, locked, kept];
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

export const BREAKAGES: Readonly<Record<string, Breakage>> = {
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
export function scene(modes: Readonly<Record<string, Mode>> = {}, controls = CONTROLS) {
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
      async notify(notice) {
        notified.push(...singles(notice));
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

/** Runs `trial` with the first call broken, then with the second, … until a run passes without meeting the broken one. */
export async function betweenEveryTwoCalls(least: number, trial: (k: number) => Promise<{ readonly broken: boolean }>) {
  for (let k = 0; ; k += 1) {
    const { broken } = await trial(k);
    if (broken) continue;
    expect(k).toBeGreaterThan(least);
    return;
  }
}

/** Meant and not yet made, in a record that has begun and that says how every call before it went. */
const isMeant =
  (operation: string, input: object) =>
  ({ status, steps }: Remediation): boolean => {
    const next = steps.find((step) => step.status === 'intended');
    const isNext = next?.operation === operation && JSON.stringify(next.input) === JSON.stringify(input);
    return status === 'applying' && isNext;
  };

/** A run that dies for good after this number of calls of its ledger: nothing that it would do after happens. */
export async function cutOff(engine: Engine, calls: number): Promise<void> {
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
