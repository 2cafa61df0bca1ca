import { drawFrom, picked } from '../../scripts/storm/faults/draw.ts';
import type { AnyControl } from '../../shared/control.ts';
import { messageOf } from '../../shared/engine/errors.ts';
import { approve } from '../../shared/engine/reconcile/approvals.ts';
import { reconcile } from '../../shared/engine/reconcile/reconciler.ts';
import { leftoverOf } from '../../shared/engine/sweep/leftovers.ts';
import { type CallMaker, undo } from '../../shared/engine/undo/undo.ts';
import { evidenceErrors } from '../../shared/ledger/chain.ts';
import { LEASE_MS, leaseState } from '../../shared/ledger/lease.ts';
import { resourceKey } from '../../shared/ledger/ledger.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import { isOpen, type Remediation } from '../../shared/ledger/records.ts';
import type { Store } from '../../shared/ledger/store.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import type { Notice } from '../../shared/notify/notifier.ts';
import type { OutcomeEvent } from '../../shared/notify/outcome.ts';
import type { Aws } from '../../shared/resource.ts';
import type { Result } from '../../shared/result.ts';
import { MINUTE_MS, SECOND_MS } from '../../shared/time.ts';
import { singles, testEngine } from './engine.ts';
import { type Box, CAUSE, closed, GOOD, lidClosed, REF, shut, subjectOf } from './fake-resource.ts';
import { KilledError, Weather } from './weather.ts';

const KEY = resourceKey('box', REF);
const DRIFTED: Box = { ...GOOD, lid: { open: true }, lock: { on: false } };
const MAX_TRIES = 14;
const FAIR_FROM = 6;

/** The life of a box in the storm of scripts/storm/faults, in memory: it is remediated or approved, and that is undone, in any weather. `violations` tells what went wrong. */
export class BoxLife {
  readonly #seed: number;
  readonly #draw;
  readonly #store = memoryStore();
  readonly violations: string[] = [];
  readonly notified: Notice[] = [];
  /** What those who follow each outcome got, where somebody does. */
  readonly sent: OutcomeEvent[] = [];
  readonly #isFollowed: boolean;
  /** A plan of two steps; of every other life one of them is a step that the evaluation does not see; of every fifth there is a sibling that plans one of them too. */
  readonly #controls: readonly AnyControl[];
  box: Box = DRIFTED;
  kills = 0;
  #now = Date.parse('2026-11-02T10:00:00Z');

  constructor(seed: number, { isFollowed = false } = {}) {
    this.#seed = seed;
    this.#isFollowed = isFollowed;
    this.#draw = drawFrom(`memory ${seed}`);
    this.#controls = seed % 5 === 0 ? [lidClosed, shut] : [seed % 2 === 0 ? shut : closed];
  }

  async run(): Promise<void> {
    const isApproved = this.#draw('approved') < 0.4;
    await (isApproved ? this.#approved() : this.#delivered('remediate', 'remediate'));
    // Our own change comes back as an event, of which every control of the resource is evaluated.
    await this.#delivered('echo', isApproved ? 'approve' : 'remediate');
    await this.#settle('schedule', isApproved ? 'approve' : 'remediate');
    if (!isSame(this.box, GOOD)) this.#violated(`it is left open: ${JSON.stringify(await this.#state())}`);
    await this.#assertQuiet('remediation');
    const { findings } = await this.#state();
    if (Object.keys(findings).length > 0) this.#violated(`findings are left: ${JSON.stringify(findings)}`);
    await this.#undone();
    await this.#delivered('undo echo', 'remediate');
    await this.#settle('undo schedule', 'remediate');
    if (!isSame(this.box, DRIFTED)) this.#violated(`the undo is not exact: ${JSON.stringify(this.box)}`);
    await this.#assertQuiet('undo');
    const before = this.box;
    const results = await this.#try('replay', FAIR_FROM, (engine) =>
      reconcile(subjectOf(...this.#controls), CAUSE, engine),
    );
    // A sibling that finds the same is stopped for the other's sake.
    const isLeftAlone = ({ outcome, annotation }: Result) =>
      outcome === 'exempted' || (outcome === 'detected' && /an undo of .* restored it/.test(annotation ?? ''));
    if (results?.every(isLeftAlone) !== true || this.box !== before)
      this.#violated(`not exempt after the undo: ${JSON.stringify(results)}`);
    await this.#judge();
  }

  /** One try in the weather that is drawn; null where the process was killed. */
  async #try<T>(
    phase: string,
    attempt: number,
    work: (engine: ReturnType<typeof testEngine>, call: CallMaker) => Promise<T>,
    mode: 'remediate' | 'approve' = 'remediate',
  ): Promise<T | null> {
    const draw = (...words: readonly (string | number)[]) => this.#draw(phase, attempt, ...words);
    const rate = attempt >= FAIR_FROM ? 0 : picked([0.02, 0.1, 0.25, 0.4], draw('rate')) / (attempt >= 4 ? 4 : 1);
    const isKilled = attempt < 3 && draw('killed') < 0.6;
    const weather = new Weather(draw, rate, isKilled);
    const isDisturbed = { is: false };
    const engine = testEngine((region) => this.#aws(weather, region), mode, {
      ledger: ledgerIn(this.#weathered(weather, isDisturbed), () => this.#now),
      notifier: {
        notify: (notice) => this.#publish(weather, notice, isDisturbed),
        announce: async () => {},
      },
      ...(this.#isFollowed
        ? { sendOutcomes: (outcomes: readonly OutcomeEvent[]) => this.#send(weather, outcomes, isDisturbed) }
        : {}),
      clock: {
        now: () => new Date(this.#now),
        sleep: async (milliseconds) => {
          this.#now += milliseconds;
        },
      },
    });
    const call: CallMaker = (one) =>
      weather.pass('write', async () => {
        this.#write('key' in one.input ? { lock: { on: false } } : { lid: { open: true } }, `undo ${one.operation}`);
        return {};
      });
    try {
      return await Promise.race([work(engine, call), weather.killed]);
    } catch (error) {
      if (!(error instanceof KilledError)) throw error;
      this.kills += 1;
      this.#now += 2 * LEASE_MS;
      return null;
    }
  }

  #aws(weather: Weather, _region: string): Aws {
    return ((_client: unknown) => ({
      world: {
        read: (facet: keyof Box) => weather.pass('read', async () => structuredClone(this.box[facet])),
      },
      send: (command: { constructor: { name: string } }) =>
        weather.pass('write', async () => {
          const { name } = command.constructor;
          this.#write(name === 'CloseLidCommand' ? { lid: { open: false } } : { lock: { on: true } }, name);
          return { $metadata: { requestId: 'request' } };
        }),
    })) as unknown as Aws;
  }

  #write(change: Partial<Box>, what: string): void {
    const next = { ...this.box, ...change };
    // Nobody can tell which call was made of an undo that was cut off half-way, or of parts that could not be read.
    const [first] = this.#controls;
    const isTold = what.startsWith('undo')
      ? first === shut && isSame(this.box, DRIFTED)
      : first !== closed || 'lid' in change;
    if (isSame(next, this.box) && isTold) this.#violated(`${what} was made twice`);
    this.box = next;
  }

  /** A notification that went out is written off without a fault from its second time on. */
  #publish(weather: Weather, notice: Notice, isDisturbed: { is: boolean }): Promise<void> {
    const all = singles(notice);
    const isSecond = all.some((one) => this.notified.some((known) => isSame(known, one)));
    isDisturbed.is ||= isSecond;
    const publish = async () => {
      this.notified.push(...all);
    };
    return isDisturbed.is ? publish() : weather.pass('notify', publish);
  }

  #send(weather: Weather, outcomes: readonly OutcomeEvent[], isDisturbed: { readonly is: boolean }): Promise<void> {
    const send = async () => {
      this.sent.push(...outcomes);
    };
    return isDisturbed.is ? send() : weather.pass('notify', send);
  }

  /** Whatever came twice or late: of each control the outcome with the last time says what the ledger says. */
  async #assertFollowed(when: string): Promise<void> {
    const { findings } = await this.#state();
    for (const { id } of this.#isFollowed ? this.#controls : []) {
      const own = this.sent.filter(({ control }) => control.id === id);
      const last = own.toSorted((a, b) => (a.time < b.time ? -1 : 1)).at(-1);
      const finding = findings[id];
      const isTrue = finding === undefined ? last?.isOpen !== true : last?.outcome === finding.outcome;
      if (!isTrue) this.#violated(`after the ${when}, ${id} is ${finding?.outcome}, and said to be ${last?.outcome}`);
    }
  }

  #weathered(weather: Weather, isDisturbed: { readonly is: boolean }): Store {
    const pass = <T>(work: () => Promise<T>) => (isDisturbed.is ? work() : weather.pass('ledger', work));
    return {
      get: (pk, sk) => pass(() => this.#store.get(pk, sk)),
      query: (pk, prefix) => pass(() => this.#store.query(pk, prefix)),
      commit: (writes, checks) => {
        this.#now += 1; // records are undone in the order of their time
        return pass(() => this.#store.commit(writes, checks));
      },
      list: (list, range) => {
        const store = this.#store;
        return (async function* () {
          yield* await pass(() => Array.fromAsync(store.list(list, range)));
        })();
      },
    };
  }

  get #calm() {
    return ledgerIn(this.#store, () => this.#now);
  }

  async #state() {
    return (await this.#calm.load(KEY)).state;
  }

  #records = (): Promise<readonly Remediation[]> => Array.fromAsync(this.#calm.remediations());

  async #delivered(phase: string, mode: 'remediate' | 'approve'): Promise<void> {
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      const work = (engine: ReturnType<typeof testEngine>) => reconcile(subjectOf(...this.#controls), CAUSE, engine);
      const results = await this.#try(phase, attempt, work, mode);
      this.#assertTrue(results ?? [], phase);
      if (results?.every(({ outcome }) => outcome !== 'failed')) return;
      this.#now += 16 * SECOND_MS;
    }
    this.#violated(`${phase}: no end`);
  }

  async #approved(): Promise<void> {
    await this.#delivered('request', 'approve');
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      const id = (await this.#state()).open.find(({ status }) => status === 'awaitingApproval')?.id;
      if (id === undefined) {
        await this.#settle(`schedule ${attempt}`, 'approve');
        if (isSame(this.box, GOOD)) return;
        await this.#delivered(`request ${attempt}`, 'approve');
        continue;
      }
      const result = await this.#try(
        'approve',
        attempt,
        (engine) => approve(id, 'ann', engine, this.#controls).catch(() => null),
        'approve',
      );
      if (result !== null) this.#assertTrue([result], 'approve');
      this.#now += 16 * SECOND_MS;
    }
    if (!isSame(this.box, GOOD)) this.#violated('approve: no end');
  }

  async #settle(phase: string, mode: 'remediate' | 'approve'): Promise<void> {
    let isRetried = false;
    for (let round = 0; round < 12; round += 1) {
      this.#now += 3 * MINUTE_MS;
      const state = await this.#state();
      if (leftoverOf(state, this.#now) === null && !isRetried) {
        if (state.recheckAt === null) return;
        this.#now = Math.max(this.#now, state.recheckAt);
        continue;
      }
      const work = (engine: ReturnType<typeof testEngine>) => reconcile(subjectOf(...this.#controls), CAUSE, engine);
      const results = await this.#try(phase, round + 3, work, mode);
      this.#assertTrue(results ?? [], phase);
      isRetried = results === null || results.some(({ outcome }) => outcome === 'failed');
    }
    this.#violated(`${phase}: no end: ${JSON.stringify(await this.#state())}`);
  }

  async #undone(): Promise<void> {
    const isMade = ({ kind, steps }: Remediation) =>
      kind === 'remediation' && steps.some(({ status }) => status === 'made' || status === 'unknown');
    const made = (await this.#records()).filter(isMade).toReversed();
    for (const [place, { id }] of made.entries()) {
      if (isSame(this.box, DRIFTED)) return;
      let last = '';
      for (let attempt = 0; ; attempt += 1) {
        if (attempt >= MAX_TRIES) return this.#violated(`undo of ${id}: ${last}`);
        const request = { id, by: 'ann', reason: 'it was right', expires: '2999-01-01', dryRun: false };
        const done = await this.#try(`undo ${place}`, attempt, (engine, call) =>
          undo(request, engine, this.#controls, call).then(
            () => true,
            (error) => {
              last = messageOf(error);
              return false;
            },
          ),
        );
        if (done === true || /was undone already/.test(last)) break;
        this.#now += LEASE_MS;
        if (/is pending/.test(last)) await this.#settle(`undo schedule ${attempt}`, 'remediate');
      }
      await this.#settle(`undo schedule after ${place}`, 'remediate');
    }
  }

  #assertTrue(results: readonly Result[], phase: string): void {
    // A control says `compliant` of what it evaluates, and `remediated` of its whole plan.
    for (const { outcome, controlId } of results)
      if (
        outcome === 'notApplicable' ||
        (['compliant', 'remediated'].includes(outcome) && this.box.lid.open) ||
        (outcome === 'remediated' && controlId !== lidClosed.id && !isSame(this.box, GOOD))
      )
        this.#violated(`${phase}: false ${outcome}`);
  }

  async #assertQuiet(when: string): Promise<void> {
    await this.#assertFollowed(when);
    const { open, outbox, lease, recheckAt } = await this.#state();
    const left = { open, outbox, isHeld: leaseState(lease, this.#now).held, wanted: lease.wanted, recheckAt };
    if (!isSame(left, { open: [], outbox: [], isHeld: false, wanted: [], recheckAt: null }))
      this.#violated(`after the ${when}: ${JSON.stringify(left)}`);
  }

  async #judge(): Promise<void> {
    for (const [, { head, links, evidence }] of await this.#calm.chains())
      this.violations.push(...evidenceErrors(head, links, evidence));
    for (const record of await this.#records()) {
      if (isOpen(record)) this.#violated(`${record.id} is ${record.status}`);
      if (record.status !== 'remediated') continue;
      const isOfIt = ({ result }: Notice) =>
        record.kind === 'undo'
          ? result.outcome === 'exempted' && result.annotation?.includes(`${record.id} undid`)
          : result.outcome === 'remediated' && result.remediationId === record.id;
      const times = this.notified.filter(isOfIt).length;
      if (times < 1 || times > 2) this.#violated(`${record.kind} ${record.id} was notified ${times} times`);
    }
    if (!this.notified.some(({ result }) => result.outcome === 'remediated'))
      this.#violated('nobody was notified of the remediation');
  }

  #violated(what: string): void {
    this.violations.push(`seed ${this.#seed}: ${what}`);
  }
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
