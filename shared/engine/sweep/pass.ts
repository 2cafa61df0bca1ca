import pLimit, { type LimitFunction } from 'p-limit';
import { cachingReads } from '../../aws/caching-clients.ts';
import type { Refusal } from '../../aws/refusals.ts';
import { isThrottled } from '../../aws/throttling.ts';
import { keyPrefix, type ResourceState, refOfKey, resourceKey } from '../../ledger/ledger.ts';
import type { SweepScope } from '../../ledger/sweep-lock.ts';
import { DeadlineExceededError, retry } from '../../retry.ts';
import type { Engine, Subject } from '../context.ts';
import { messageOf } from '../errors.ts';
import { type Assessment, assess, isOpenIn, isToReconcile, isUnfinished } from './assess.ts';
import type { Cursor } from './cursor.ts';
import {
  type InventoryPage,
  type InventoryType,
  inventoryTypes,
  type Pace,
  type Selection,
  subjects,
} from './inventory.ts';

/** What a pass does with what it finds. */
export interface Sink {
  /** These have to be reconciled. */
  reconcile(subjects: readonly Subject[]): Promise<void>;
  /** This one is compliant. */
  passed?(assessment: Assessment): void;
}

/** What a pass covers, and how. */
export interface PassOptions extends Selection {
  readonly scope: SweepScope;
  readonly pace: Pace;
  readonly sink: Sink;
  /** Who refuses the listing of a type for good; null for an error that may pass. */
  readonly refusalOf: (type: string, error: unknown) => Refusal | null;
  /** The limit of concurrent reads, where several passes share one. */
  readonly limited?: LimitFunction;
  /** Which resources are swept; all of them where it is absent. Never throws. */
  readonly includes?: (subject: Subject) => Promise<boolean>;
}

/** Resources that the ledger knows and a listing may not show: swept after the types. */
export const LEDGER_TYPE = 'evenkeel:ledger';
/** Resources that are assessed before the pass hands over what has to be reconciled and checks its deadline. */
const BATCH_SIZE = 40;
/** Maximum concurrent reads. */
export const CONCURRENCY = 8;

/** One pass over the resources of a service in a region, for function and command alike: lists and evaluates them, and hands over what has to be reconciled. Writes nothing itself. */
export class SweepPass {
  readonly #engine: Engine;
  readonly #options: PassOptions;
  readonly #types: ReadonlyMap<string, InventoryType>;
  readonly #limited: LimitFunction;
  #at: Cursor = { type: LEDGER_TYPE, token: null };
  /** Resources with open or saved state in the ledger, by key; null while it could not be read. */
  #active: ReadonlyMap<string, ResourceState> | null = null;
  /** The keys of `#active` that this pass has assessed. */
  readonly #seen = new Set<string>();
  /** The types that this pass has listed from the first page to the last. */
  readonly #listed = new Set<string>();
  /** Resources assessed. */
  resources = 0;
  /** Resources handed over. */
  reconciled = 0;
  /** By type, why it could not be swept. */
  readonly failed = new Map<string, string>();
  /** By type, who refuses its listing for good. */
  readonly denied = new Map<string, Refusal>();
  /** The types of which at least one page was listed. */
  readonly answered = new Set<string>();

  constructor(engine: Engine, options: PassOptions) {
    this.#engine = { ...engine, regionalAws: cachingReads(engine.aws) };
    this.#options = options;
    this.#types = inventoryTypes(options.scope, options, engine);
    this.#limited = options.limited ?? pLimit(CONCURRENCY);
  }

  /** Sweeps all types from a cursor on (null: from the beginning), or `only` these. Returns the cursor to continue from where the deadline is over; null where all is done. */
  async run(from: Cursor | null = null, only: readonly string[] | null = null): Promise<Cursor | null> {
    if (this.#types.size === 0) return null;
    const queue = only === null ? this.#queueFrom(from) : only.map((type) => ({ type, token: null }));
    const ledgerError = await this.#loadActive();
    for (const [index, cursor] of queue.entries()) {
      this.#at = cursor;
      try {
        this.#options.pace.deadline.assert();
        await (cursor.type === LEDGER_TYPE ? this.#sweepLedger(ledgerError) : this.#sweepType(cursor.type));
      } catch (error) {
        const behind = queue.slice(index + 1).map(({ type }) => type);
        if (error instanceof DeadlineExceededError) return { ...this.#at, rest: [...behind, ...this.failed.keys()] };
        if (!this.denied.has(cursor.type)) this.failed.set(cursor.type, messageOf(error));
      }
    }
    return null;
  }

  #queueFrom(cursor: Cursor | null): readonly Cursor[] {
    const all = [...this.#types.keys(), LEDGER_TYPE];
    if (cursor === null) return all.map((type) => ({ type, token: null }));
    const rest = cursor.rest ?? all.slice(all.indexOf(cursor.type) + 1);
    // A deployment between two slices may have removed a type.
    return [cursor, ...rest.map((type) => ({ type, token: null }))].filter(({ type }) => all.includes(type));
  }

  /** One query finds what the ledger has open or saved. Drift is found without it: where the ledger does not answer, that part alone fails. */
  async #loadActive(): Promise<unknown> {
    try {
      const active = new Map<string, ResourceState>();
      const prefix = keyPrefix(this.#options.scope);
      for (const { key, state } of await this.#withRetry(() => Array.fromAsync(this.#engine.ledger.active(prefix))))
        if (this.#types.has(refOfKey(key).resourceType)) active.set(key, state);
      this.#active = active;
      return null;
    } catch (error) {
      return error;
    }
  }

  async #sweepType(type: string): Promise<void> {
    const entry = this.#types.get(type);
    if (entry === undefined) return;
    const isWhole = this.#at.token === null && this.#at.after === undefined;
    for await (const page of this.#pagesOf(entry)) {
      this.answered.add(type);
      await this.#inBatches(
        page.subjects,
        ({ ref }) => ref.resourceId,
        (subject) => this.#assess(subject),
      );
      if (page.next !== null) this.#at = { type, token: page.next };
    }
    if (isWhole) this.#listed.add(type);
  }

  /** The pages of a type. Only an error of the listing itself can mean that it is denied. */
  async *#pagesOf(entry: InventoryType): AsyncGenerator<InventoryPage> {
    const { scope, pace, refusalOf } = this.#options;
    const { type } = entry.resource;
    try {
      yield* subjects(entry, scope, this.#engine, pace, this.#at.token);
    } catch (error) {
      const refusal = refusalOf(type, error);
      if (refusal !== null) this.denied.set(type, refusal);
      throw error;
    }
  }

  /** Returns the subject where it has to be reconciled. */
  async #assess(subject: Subject): Promise<Subject | null> {
    const { pace, sink } = this.#options;
    const key = this.#keyOf(subject);
    const state = this.#active?.get(key);
    if (state !== undefined) this.#seen.add(key);
    if (!(await this.#includes(subject))) return null;
    this.resources += 1;
    const assessment = await assess(subject, state, this.#engine, pace);
    if (isToReconcile(assessment, state, this.#now()))
      return { ...assessment.subject, known: assessment.observation.facets };
    sink.passed?.(assessment);
    return null;
  }

  /** Resources with state in the ledger that were not listed: gone, or on a page of another slice. */
  async #sweepLedger(ledgerError: unknown): Promise<void> {
    if (this.#active === null) throw ledgerError;
    const keys = [...this.#active.keys()].filter((key) => !this.#seen.has(key)).sort();
    await this.#inBatches(
      keys,
      (key) => key,
      (key) => this.#assessUnlisted(key),
    );
  }

  async #assessUnlisted(key: string): Promise<Subject | null> {
    const ref = refOfKey(key);
    const entry = this.#types.get(ref.resourceType);
    const state = this.#active?.get(key);
    if (entry === undefined || state === undefined) return null;
    const isKept = Object.keys(state.lastKnown).length > 0 && entry.controls.some(({ whenDeleted }) => whenDeleted);
    const isOpen = entry.controls.some(({ id }) => isOpenIn(state, id)) || isUnfinished(state, this.#now());
    if (!isKept && !isOpen) return null;
    const subject = { ...entry, ref };
    if (!(await this.#includes(subject))) return null;
    if (this.#listed.has(ref.resourceType)) return subject;
    const { observation, evaluations } = await assess(subject, state, this.#engine, this.#options.pace);
    if (observation.gone || isUnfinished(state, this.#now())) return subject;
    // A listed resource that is non-compliant was handed over by its own slice.
    const isOver = [...evaluations].some(
      ([{ id }, evaluation]) =>
        isOpenIn(state, id) && evaluation !== null && evaluation.complianceType !== 'NON_COMPLIANT',
    );
    return isOver ? subject : null;
  }

  /** Processes items in batches, and remembers its progress. */
  async #inBatches<I>(
    items: readonly I[],
    idOf: (item: I) => string,
    toReconcile: (item: I) => Promise<Subject | null>,
  ): Promise<void> {
    const { after } = this.#at;
    const done = after === undefined ? -1 : items.findIndex((item) => idOf(item) === after);
    for (let start = done + 1; start < items.length; start += BATCH_SIZE) {
      this.#options.pace.deadline.assert();
      const portion = items.slice(start, start + BATCH_SIZE);
      // The whole batch ends before an error is thrown, so that none goes on in the background.
      const assessed = await Promise.allSettled(portion.map((item) => this.#limited(() => toReconcile(item))));
      await this.#handOver(assessed.map(resultOf).filter((subject) => subject !== null));
      this.#at = { ...this.#at, after: idOf(portion[portion.length - 1] as I) };
    }
  }

  async #handOver(found: readonly Subject[]): Promise<void> {
    if (found.length > 0) await this.#withRetry(() => this.#options.sink.reconcile(found));
    this.reconciled += found.length;
  }

  #withRetry<T>(work: () => Promise<T>): Promise<T> {
    return retry(work, { ...this.#options.pace, clock: this.#engine.clock, when: isThrottled });
  }

  async #includes(subject: Subject): Promise<boolean> {
    return this.#options.includes?.(subject) ?? true;
  }

  #keyOf({ resource, ref }: Subject): string {
    return resourceKey(resource.service.id, ref);
  }

  #now(): number {
    return this.#engine.clock.now().getTime();
  }
}

function resultOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}
