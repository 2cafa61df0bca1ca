import { ACCOUNT, admit, type ScopeLimit } from '../../shared/ledger/breaker.ts';
import { NO_FLAP, recordRemediation } from '../../shared/ledger/flap.ts';
import {
  abandon,
  assertTimeLeft,
  extend,
  LEASE_MS,
  leaseState,
  mark,
  release,
  take,
} from '../../shared/ledger/lease.ts';
import { type Ledger, type ResourceState, resourceKey, type Session, withLease } from '../../shared/ledger/ledger.ts';
import type { QueuedNotice } from '../../shared/ledger/outbox.ts';
import { isOpen, type Remediation } from '../../shared/ledger/records.ts';
import { findingOf, noticeOf, REF, remediationOf } from './ledger-fixtures.ts';

export const CONTROL = 'ec2-security-group-admin-ports-restricted';
const ELEMENT = 'ingress tcp 22-22 0.0.0.0/0';
const CLAIM = { requested: [CONTROL], handles: [CONTROL] };

/** The account's side of a run. */
export interface RunAccount {
  /** True where the resource has drifted. */
  read(): Promise<boolean>;
  /** The call that remediates it. */
  call(): Promise<void>;
  publish(notice: QueuedNotice): Promise<void>;
}

/** A resource that has drifted and is remediated, and what was published of it. */
export function driftedBox() {
  const state = { drifted: true, calls: 0, published: [] as string[] };
  const account: RunAccount = {
    read: async () => state.drifted,
    async call() {
      state.calls += 1;
      state.drifted = false;
    },
    async publish({ id }) {
      state.published.push(id);
    },
  };
  return { state, account };
}

export interface RunOptions {
  readonly ledger: Ledger;
  readonly key: string;
  readonly ref: Remediation['ref'];
  /** Tells this run from others; part of its records' ids. */
  readonly holder: string;
  readonly limits: { readonly control: number; readonly account: number };
  now(): number;
  random(): number;
}

/** A run of `holder` on the resource of the fixtures, at a time whose milliseconds and date are about to turn. */
export const runOptions = (ledger: Ledger, holder: string): RunOptions => ({
  ledger,
  key: resourceKey('ec2', REF),
  ref: REF,
  holder,
  limits: { control: 50, account: 500 },
  now: () => Date.parse('2026-01-31T23:59:59.456Z'),
  random: Math.random,
});

export type RunOutcome = 'compliant' | 'marked' | 'remediated' | 'halted';

/** The least that a run of the engine does with the ledger for one control of one step: lease, what holds for everybody, intent, call, result, notification. Gives how it ended, and how often it opened a breaker. */
export async function ledgerRun(
  account: RunAccount,
  options: RunOptions,
): Promise<{ outcome: RunOutcome; opened: number }> {
  const run = new Run(account, options);
  return { outcome: await run.outcome(), opened: run.opened };
}

class Run {
  readonly account: RunAccount;
  readonly options: RunOptions;
  readonly scopes: readonly ScopeLimit[];
  opened = 0;
  turns = 0;

  constructor(account: RunAccount, options: RunOptions) {
    this.account = account;
    this.options = options;
    const { control, account: all } = options.limits;
    this.scopes = [
      { scope: CONTROL, limit: control },
      { scope: ACCOUNT, limit: all },
    ];
  }

  async outcome(): Promise<RunOutcome> {
    const { ledger, key, holder, now } = this.options;
    const began = now();
    const [loaded, drifted] = await Promise.all([ledger.load(key), this.account.read()]);
    if (!drifted && leaseState(loaded.state.lease, began).orphaned.length === 0) return 'compliant';
    const [session, before] = await ledger.update(loaded, (state) => {
      const lease = take(state.lease, holder, CLAIM, now());
      if (lease !== null) return { next: withLease(state, lease, now()), answer: state };
      const marked = mark(state.lease, CLAIM);
      return { next: marked === undefined ? undefined : { ...state, lease: marked }, answer: null };
    });
    if (before === null) return 'marked';
    const recovered = await this.#recovered(session);
    const fresh = before.changedHandsAt <= began - LEASE_MS && recovered === session;
    return this.#evaluated(recovered, fresh ? drifted : await this.account.read());
  }

  /** Ends the records of a run that was cut off: nobody knows whether its call was made. */
  async #recovered(session: Session): Promise<Session> {
    const { ledger, holder, now } = this.options;
    let current = session;
    for (const { id } of session.state.open) {
      const [adopted, record] = await ledger.adopt(current, id);
      if (record === null) throw new Error(`${id} is open and has no record`);
      [current] = await ledger.update(adopted, (state) => ({
        next: {
          ...state,
          lease: extend(state.lease, holder, now()),
          open: state.open.filter((one) => one.id !== id),
        },
        records: [{ ...record, status: 'interrupted' as const }],
        answer: undefined,
      }));
    }
    return current;
  }

  async #evaluated(session: Session, drifted: boolean): Promise<RunOutcome> {
    if (drifted) return this.#remediated(session);
    const { ledger, holder, now } = this.options;
    const [next, again] = await ledger.update(session, (state) => {
      const { lease, again } = release(state.lease, holder, now());
      return { next: withLease(state, lease, now()), answer: again };
    });
    return again.length > 0 ? this.#evaluated(next, await this.account.read()) : 'compliant';
  }

  async #remediated(leased: Session): Promise<RunOutcome> {
    const { ledger, holder, now, random } = this.options;
    const [session, admission] = await ledger.update(await ledger.loadShared(leased), (state, shared) => {
      const admission = admit(shared?.breakers ?? new Map(), this.scopes, now(), random);
      const finding = findingOf(CONTROL, { outcome: admission.refusedBy === null ? 'detected' : 'halted' });
      const findings = { ...state.findings, [CONTROL]: finding };
      if (admission.refusedBy !== null) {
        const lease = abandon(state.lease, holder) ?? state.lease;
        return { next: { ...withLease(state, lease, now()), findings }, breakers: admission.writes, answer: admission };
      }
      const record = this.#record('applying');
      const open = [...state.open, { id: record.id, controlId: CONTROL, status: record.status }];
      const next = { ...state, lease: extend(state.lease, holder, now()), findings, open };
      return { next, records: [record], breakers: admission.writes, answer: admission };
    });
    if (admission.opened) this.opened += 1;
    if (admission.refusedBy !== null) return 'halted';
    assertTimeLeft(session.state.lease, holder, now());
    await this.account.call();
    await this.account.read();
    return this.#finished(session);
  }

  async #finished(session: Session): Promise<RunOutcome> {
    const { ledger, holder, now } = this.options;
    const [next, again] = await ledger.update(session, (state) => {
      const { lease, again } = release(state.lease, holder, now());
      const flap = recordRemediation(state.flaps[ELEMENT] ?? NO_FLAP, CONTROL, now());
      const record = this.#record('remediated');
      const { [CONTROL]: _, ...findings } = state.findings;
      const done: Omit<ResourceState, 'head'> = {
        ...withLease(state, lease, now()),
        arn: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d4e5f60718',
        findings,
        flaps: { ...state.flaps, [ELEMENT]: flap },
        open: state.open.filter(({ id }) => id !== record.id),
        outbox: [...state.outbox, noticeOf(record, now())],
      };
      return { next: done, records: [record], answer: again };
    });
    const cleared = await this.#published(next);
    if (again.length === 0) return 'remediated';
    this.turns += 1;
    await this.#evaluated(cleared, await this.account.read());
    return 'remediated';
  }

  async #published(session: Session): Promise<Session> {
    for (const notice of session.state.outbox) await this.account.publish(notice);
    const ids = new Set(session.state.outbox.map(({ id }) => id));
    const [next] = await this.options.ledger.update(session, (state) => ({
      next: { ...state, outbox: state.outbox.filter(({ id }) => !ids.has(id)) },
      answer: undefined,
    }));
    return next;
  }

  #record(status: Remediation['status']): Remediation {
    const { holder, ref } = this.options;
    const record = remediationOf(`rem-${holder}-${this.turns}`, { controlId: CONTROL, ref, status });
    if (isOpen({ status })) return record;
    return { ...record, after: record.before, afterCompliance: 'COMPLIANT' };
  }
}
