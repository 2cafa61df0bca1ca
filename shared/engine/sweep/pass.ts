import { atMost } from '../../at-most.ts';
import type { AnyControl, AnyResource } from '../../control.ts';
import { recheck } from '../../internal-events.ts';
import { keyPrefix, refOfKey } from '../../ledger/ledger.ts';
import type { Listed, ResourceRef } from '../../resource.ts';
import type { Engine, Subject } from '../context.ts';
import { messageOf, OutOfTimeError } from '../errors.ts';
import { byResource } from '../intake/route.ts';
import { factsOf, isDrift } from './assess.ts';
import type { Cursor, Slice } from './cursor.ts';
import { isThrottled, type Patience } from './patience.ts';

/** What a sweep needs beside the engine. */
export interface SweepContext {
  readonly controls: readonly AnyControl[];
  /** The region in which what there is once for the account is looked at. */
  readonly home: string;
}

/** What the ledger knows and a listing may not show: looked at after the types. */
const LEDGER = 'evenkeel:ledger';
/** So many resources are judged before what wants a look is sent and the clock is asked. */
const PORTION = 40;
/** So many resources are read at once. */
const AT_ONCE = 8;
/** How services refuse a page token that is too old, or not theirs. */
const BAD_TOKEN = /Token|^Invalid(Argument|Parameter)|^Validation/;

/** The way of one slice over the resource types of a service in a region: judges and sends, and writes nothing. */
export class Round {
  readonly #slice: Slice;
  readonly #engine: Engine;
  readonly #context: SweepContext;
  readonly #patience: Patience;
  readonly #types: ReadonlyMap<string, readonly [AnyResource, readonly AnyControl[]]>;
  readonly #inTurn = atMost(AT_ONCE);
  #at: Cursor = { type: LEDGER, token: null };
  resources = 0;
  rechecks = 0;
  /** By type, what kept it from being looked through. */
  readonly failed = new Map<string, string>();

  constructor(slice: Slice, engine: Engine, context: SweepContext, patience: Patience) {
    this.#slice = slice;
    this.#engine = engine;
    this.#context = context;
    this.#patience = patience;
    const on = context.controls.filter(
      (control) => control.resource.service === slice.service && engine.policy.reachAnywhere(control) !== 'off',
    );
    this.#types = new Map([...byResource(on)].map((pair) => [pair[0].type, pair]));
  }

  /** Looks through the types from the cursor on (or through `only` these) and gives where to go on; null where all is done. */
  async run(only: readonly string[] | null): Promise<Cursor | null> {
    const queue = only === null ? this.#queue() : only.map((type) => ({ type, token: null }));
    for (const [index, cursor] of queue.entries()) {
      this.#at = cursor;
      try {
        this.#patience.expectTime();
        await (cursor.type === LEDGER ? this.#lookIntoLedger() : this.#lookThrough(cursor.type));
      } catch (error) {
        const behind = queue.slice(index + 1).map(({ type }) => type);
        if (error instanceof OutOfTimeError) return { ...this.#at, rest: [...behind, ...this.failed.keys()] };
        this.failed.set(cursor.type, messageOf(error));
      }
    }
    return null;
  }

  #queue(): readonly Cursor[] {
    const all = [...this.#types.keys(), LEDGER];
    const { cursor } = this.#slice;
    if (cursor === null) return all.map((type) => ({ type, token: null }));
    const rest = cursor.rest ?? all.slice(all.indexOf(cursor.type) + 1);
    // A deployment between two slices may have taken a type away.
    return [cursor, ...rest.map((type) => ({ type, token: null }))].filter(({ type }) => all.includes(type));
  }

  /** Is it listed in this region? */
  #isHere({ scope }: AnyResource): boolean {
    return scope !== 'account' || this.#slice.region === this.#context.home;
  }

  async #lookThrough(type: string): Promise<void> {
    const [resource, controls] = this.#types.get(type) ?? [];
    if (resource === undefined || controls === undefined || !this.#isHere(resource)) return;
    const aws = this.#engine.aws(this.#slice.region);
    let tries = 0;
    let anew = false;
    for (;;) {
      try {
        for await (const { items, next } of resource.list(aws, this.#slice, this.#at.token ?? undefined)) {
          await this.#judge(items.map((item) => this.#subject(resource, controls, item)));
          this.#at = { type, token: next };
          tries = 0;
        }
        return;
      } catch (error) {
        if (isThrottled(error)) await this.#patience.wait(tries);
        else if (this.#at.token !== null && !anew && error instanceof Error && BAD_TOKEN.test(error.name)) {
          this.#at = { type, token: null };
          anew = true;
        } else throw error;
      }
      tries += 1;
    }
  }

  #subject(
    resource: AnyResource,
    controls: readonly AnyControl[],
    // biome-ignore lint/suspicious/noExplicitAny: the engine never looks inside a state
    { resourceId, region = this.#slice.region, facets = {} }: Listed<any>,
  ): Subject {
    const ref = { resourceType: resource.type, resourceId, accountId: this.#slice.accountId, region };
    return { resource, ref, controls, known: facets };
  }

  /** Sends what has drifted or could not be judged. */
  async #judge(subjects: readonly Subject[]): Promise<void> {
    await this.#inPortions(
      subjects,
      ({ ref }) => ref.resourceId,
      async (subject) => {
        this.resources += 1;
        return isDrift(await factsOf(subject, this.#engine, this.#patience)) ? subject.ref : null;
      },
    );
  }

  /** Resources with an open finding that read well by now or are gone, and those that are gone and should not be. */
  async #lookIntoLedger(): Promise<void> {
    const findings = await this.#patience.calmly(() => this.#openFindings());
    const prefix = keyPrefix(this.#slice);
    const guarded = [...this.#types.values()].filter(([, controls]) => controls.some((one) => one.whenDeleted));
    const kept = await this.#patience.calmly(() => Array.fromAsync(this.#engine.ledger.remembered(this.#slice)));
    const isGuarded = (key: string) => guarded.some(([{ type }]) => key.startsWith(`${prefix}${type}|`));
    const keys = [...new Set([...findings.keys(), ...kept.filter(isGuarded)])].sort();
    await this.#inPortions(
      keys,
      (key) => key,
      async (key) => {
        const ref = refOfKey(key);
        const [resource, controls] = this.#types.get(ref.resourceType) ?? [];
        if (resource === undefined || controls === undefined) return null;
        const facts = await factsOf({ resource, ref, controls }, this.#engine, this.#patience);
        if (facts.gone) return ref;
        const open = [...facts.verdicts].filter(([{ id }]) => findings.get(key)?.includes(id));
        // What is not well and is listed, the listing has told.
        return open.some(([, verdict]) => verdict === 'well' || !this.#isHere(resource)) ? ref : null;
      },
    );
  }

  /** The ids of the controls with an open finding, by the resource's key. */
  async #openFindings(): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, readonly string[]>();
    const prefix = keyPrefix(this.#slice);
    for await (const { key, controlId } of this.#engine.ledger.openFindings())
      if (key.startsWith(prefix)) found.set(key, [...(found.get(key) ?? []), controlId]);
    return found;
  }

  /** Goes over items some at a time, and keeps how far it has come. */
  async #inPortions<I>(
    items: readonly I[],
    idOf: (item: I) => string,
    wantsLook: (item: I) => Promise<ResourceRef | null>,
  ): Promise<void> {
    const { after } = this.#at;
    const done = after === undefined ? -1 : items.findIndex((item) => idOf(item) === after);
    for (let start = done + 1; start < items.length; start += PORTION) {
      this.#patience.expectTime();
      const portion = items.slice(start, start + PORTION);
      // All of them come to their end, so that none goes on behind our back.
      const looks = await Promise.allSettled(portion.map((item) => this.#inTurn(() => wantsLook(item))));
      await this.#recheck(looks.map(asSettled).filter((ref) => ref !== null));
      this.#at = { ...this.#at, after: idOf(portion[portion.length - 1] as I) };
    }
  }

  async #recheck(refs: readonly ResourceRef[]): Promise<void> {
    const { service } = this.#slice;
    const messages = refs.map((ref) => recheck(service, ref));
    if (messages.length > 0) await this.#patience.calmly(() => this.#engine.send(messages));
    this.rechecks += messages.length;
  }
}

function asSettled<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}
