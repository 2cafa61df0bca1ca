import { leftoverOf } from '../../../shared/engine/sweep/leftovers.ts';
import { LEASE_MS, leaseState } from '../../../shared/ledger/lease.ts';
import { type ResourceState, resourceKey } from '../../../shared/ledger/ledger.ts';
import type { Remediation } from '../../../shared/ledger/records.ts';
import type { Result } from '../../../shared/result.ts';
import { MINUTE_MS, SECOND_MS } from '../../../shared/time.ts';
import type { Draw } from './draw.ts';
import type { StormEngine } from './engine.ts';
import type { Journal } from './journal.ts';
import type { Pool } from './pool.ts';
import { isSame, type StagedDrift, textOf } from './staged-drift.ts';
import type { Deployed, Task, TaskAnswer } from './task.ts';
import { drawnKill, FAIR_FROM, type Kill, trialOf } from './trial.ts';

/** Where all lives take place. */
export interface Stage {
  readonly draw: Draw;
  readonly pool: Pool;
  readonly journal: Journal;
  /** An engine on fair weather: what the run itself does and sees. */
  calm(): StormEngine;
  /** The id of a service by resource type. */
  serviceOf(resourceType: string): string;
  /** Says at once what went wrong: a run takes long. */
  violated(what: string): void;
  readonly outcomes: Map<string, number>;
}

/** Tries of a task until the storm says that it never ends. */
const MAX_TRIES = 14;
/** The wait before a message that failed comes again. */
const RETRY_MS = 16 * SECOND_MS;
/** The wait for the lease of a process that was killed; its own clock may have been ahead. */
const AFTER_KILL_MS = 2 * LEASE_MS;
/** Rounds of the schedule until nothing is left over. */
const MAX_ROUNDS = 10;

/** The schedule has fair weather from its third round on. */
const CALM_FROM = FAIR_FROM - 2;

/** How often a process is killed, by the try. */
const KILLED = [0.75, 0.45, 0.1];

const RESOLVED = ['remediated', 'compliant', 'notApplicable'];

/** The life of one resource in the storm: it drifts, is remediated or approved, and that is undone; faults befall every call, and processes are killed. */
export class Life {
  readonly #index: number;
  readonly #drift: StagedDrift;
  readonly #stage: Stage;
  #skewMs = 0;

  constructor(index: number, drift: StagedDrift, stage: Stage) {
    this.#index = index;
    this.#drift = drift;
    this.#stage = stage;
  }

  async run(): Promise<void> {
    await this.#drift.happen(this.#calm());
    const isApproved = this.#drawn('approved') < 0.35;
    await (isApproved ? this.#approved() : this.#delivered('remediate'));
    // Our own change comes back as an event, of which every control of the resource is evaluated.
    await this.#delivered(isApproved ? 'approve' : 'remediate', 'echo');
    await this.#settle('schedule');
    await this.#assertRemediated();
    await this.#undone();
    await this.#delivered('remediate', 'undo echo');
    await this.#settle('undo schedule');
    await this.#assertUndone();
  }

  /** The event is delivered, sometimes twice at once, until no delivery fails. */
  async #delivered(mode: Deployed, phase: string = mode): Promise<readonly Result[]> {
    const task = { kind: 'event', event: this.#drift.event, mode } as const;
    let deliveries = this.#drawn(phase, 'twice') < 0.3 ? [`${phase}`, `${phase} again`] : [phase];
    let last: readonly Result[] = [];
    for (let attempt = 0; deliveries.length > 0; attempt += 1) {
      if (attempt >= MAX_TRIES) {
        this.#violated(`${phase}: ${attempt} tries, and it still fails: ${textOf(last)}`);
        return last;
      }
      const answers = await Promise.all(deliveries.map((name) => this.#work(task, name, attempt)));
      const results = answers.flatMap((answer) => this.#drift.own(answer?.results ?? []));
      await this.#assertTrue(results, phase);
      if (results.length > 0) last = results;
      const isLeft = (answer: TaskAnswer | null) =>
        answer === null || answer.results.some(({ outcome }) => outcome === 'failed');
      deliveries = deliveries.filter((_, index) => isLeft(answers[index] as TaskAnswer | null));
      this.#skewMs += answers.includes(null) ? AFTER_KILL_MS : deliveries.length > 0 ? RETRY_MS : 0;
    }
    return last;
  }

  /** The event leads to a plan, which a person approves, again and again until the drift is gone. */
  async #approved(): Promise<void> {
    await this.#delivered('approve', 'request');
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      const id = await this.#waiting();
      if (id === null) {
        if ((await this.#drift.remainder()) === null) return;
        await this.#delivered('approve', `request ${attempt + 1}`);
        await this.#settle(`schedule request ${attempt + 1}`, 'approve');
        continue;
      }
      const answer = await this.#work({ kind: 'approve', id }, 'approve', attempt);
      await this.#assertTrue(this.#drift.own(answer?.results ?? []), 'approve');
      this.#skewMs += answer === null ? AFTER_KILL_MS : RETRY_MS;
      if (answer?.results.some(({ outcome }) => RESOLVED.includes(outcome)) && this.#drift.controls.length === 1)
        return;
      await this.#settle(`schedule approve ${attempt + 1}`, 'approve');
    }
    this.#violated(`approve: ${MAX_TRIES} tries, and the drift is still there`);
  }

  async #waiting(): Promise<string | null> {
    const { open } = await this.#state();
    return open.find(({ status }) => status === 'awaitingApproval')?.id ?? null;
  }

  /** All that was done is undone, the last first, each as often as a person has to ask. */
  async #undone(): Promise<void> {
    const records = (await this.#recorded()).filter(({ kind, steps }) => kind === 'remediation' && steps.some(isMade));
    if (records.length === 0) this.#violated(`there is nothing to undo: ${await this.#told()}`);
    for (const [place, { id }] of records.toSorted((a, b) => (a.id < b.id ? 1 : -1)).entries()) {
      const phase = place === 0 ? 'undo' : `undo ${place + 1}`;
      if (!(await this.#isUndone(id, phase)) || (await this.#drift.isDrifted())) return;
      await this.#settle(`undo schedule after ${phase}`);
    }
  }

  async #isUndone(id: string, phase: string): Promise<boolean> {
    let last = '';
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      const answer = await this.#work({ kind: 'undo', id }, phase, attempt);
      if (answer === null) this.#skewMs += AFTER_KILL_MS;
      else if (answer.error === null) return true;
      else {
        last = `${answer.error.name}: ${answer.error.message}`;
        if (/was undone already/.test(last)) return true;
        this.#skewMs += /LeaseHeld/.test(last) ? LEASE_MS : RETRY_MS;
        // What AWS is said to be at work on is looked at again by the schedule.
        if (/is pending/.test(last)) await this.#settle(`undo schedule ${attempt + 1}`);
      }
    }
    this.#violated(`${phase} of ${id}: ${MAX_TRIES} tries, and still: ${last}: ${await this.#told()}`);
    return false;
  }

  /** The schedule, until nothing is left over; its weather clears up soon. */
  async #settle(phase: string, mode: Deployed = 'remediate'): Promise<void> {
    const event = { 'detail-type': 'Evenkeel Recheck', source: 'evenkeel', detail: this.#drift.ref };
    // A recheck is a message as any other: one that failed comes again.
    let isRetried = false;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      this.#skewMs += 3 * MINUTE_MS;
      const state = await this.#state();
      const now = Date.now() + this.#skewMs;
      if (leftoverOf(state, now) === null && !isRetried) {
        if (state.recheckAt === null) return;
        this.#skewMs += Math.max(0, state.recheckAt - now);
        continue;
      }
      const answer = await this.#work({ kind: 'event', event, mode }, phase, round + CALM_FROM);
      if (answer === null) this.#skewMs += AFTER_KILL_MS;
      const results = this.#drift.own(answer?.results ?? []);
      await this.#assertTrue(results, phase);
      isRetried = answer === null || answer.results.some(({ outcome }) => outcome === 'failed');
    }
    this.#violated(`${phase}: finds no end: ${JSON.stringify(await this.#state())}`);
  }

  async #work(task: TaskOf, phase: string, attempt: number): Promise<TaskAnswer | null> {
    const { pool, draw } = this.#stage;
    const trial = trialOf(draw, this.#index, phase, attempt, this.#killOf(phase, attempt));
    const answer = await pool.work({ ...task, skewMs: this.#skewMs, only: this.#drift.only } as Task, trial);
    this.#skewMs = Math.max(this.#skewMs, answer?.skewMs ?? 0);
    return answer;
  }

  /** Most phases have one kill, some two. */
  #killOf(phase: string, attempt: number): Kill | null {
    if (/again|request/.test(phase) && this.#drawn(phase, attempt, 'kill') > 0.3) return null;
    const isKilled = this.#drawn(phase, attempt, 'kill') < (KILLED[attempt] ?? 0);
    return isKilled ? drawnKill(this.#stage.draw, this.#index, `${phase} ${attempt}`) : null;
  }

  /** A verdict that the state does not bear out. */
  async #assertTrue(results: readonly Result[], phase: string): Promise<void> {
    for (const { outcome } of results) this.#stage.outcomes.set(outcome, (this.#stage.outcomes.get(outcome) ?? 0) + 1);
    const claimed = results.filter(({ outcome }) => RESOLVED.includes(outcome));
    if (claimed.length === 0) return;
    // A control says `compliant` of what it evaluates, and `remediated` of its whole plan.
    const isWhole = claimed.some(({ outcome }) => outcome === 'remediated');
    const isTrue = isWhole ? (await this.#drift.remainder()) === null : !(await this.#drift.isDrifted());
    if (!isTrue) this.#violated(`${phase}: false ${textOf(claimed)}`);
  }

  async #assertRemediated(): Promise<void> {
    this.#violatedBy(await this.#drift.remainder(), await this.#told());
    const findings = this.#drift.left((await this.#state()).findings);
    if (Object.keys(findings).length > 0) this.#violated(`findings are left: ${JSON.stringify(findings)}`);
    await this.#assertQuiet('after the remediation');
  }

  async #assertUndone(): Promise<void> {
    this.#violatedBy(await this.#drift.inexactness(), await this.#told());
    const state = await this.#drift.state();
    await this.#assertQuiet('after the undo');
    const results = await this.#replayed();
    // A sibling control that finds the same is stopped for this one's sake.
    const isLeftAlone = ({ outcome, annotation }: Result) =>
      outcome === 'exempted' || (outcome === 'detected' && /an undo of .* restored it/.test(annotation ?? ''));
    if (results.length === 0 || !results.every(isLeftAlone))
      this.#violated(`after the undo it is not exempt: ${textOf(results)}`);
    if (!isSame(await this.#drift.state(), state)) this.#violated('what was undone is remediated again');
  }

  /** The event again, in fair weather: only a local account that is slow makes it fail. */
  async #replayed(): Promise<readonly Result[]> {
    let results: readonly Result[] = [];
    for (let attempt = FAIR_FROM; attempt < MAX_TRIES; attempt += 1) {
      const task = { kind: 'event', event: this.#drift.event, mode: 'remediate' } as const;
      const answer = await this.#work(task, 'undo replay', attempt);
      results = this.#drift.own(answer?.results ?? []);
      if (answer?.results.every(({ outcome }) => outcome !== 'failed')) break;
      this.#skewMs += RETRY_MS;
    }
    return results;
  }

  /** Nothing open in the ledger, and no neighbour hurt. */
  async #assertQuiet(when: string): Promise<void> {
    const { open, outbox, lease, recheckAt } = await this.#state();
    const isHeld = leaseState(lease, Date.now() + this.#skewMs).held;
    const left = { open, outbox, isHeld, wanted: lease.wanted, recheckAt };
    const nothing = { open: [], outbox: [], isHeld: false, wanted: [], recheckAt: null };
    if (!isSame(left, nothing)) this.#violated(`${when} something is left open: ${JSON.stringify(left)}`);
    this.#violatedBy(await this.#drift.hurt(), when);
  }

  async #state(): Promise<ResourceState> {
    const { ref } = this.#drift;
    const key = resourceKey(this.#stage.serviceOf(ref.resourceType), ref);
    return (await this.#calm().engine('remediate').ledger.load(key)).state;
  }

  async #recorded(): Promise<readonly Remediation[]> {
    const { ledger } = this.#calm().engine('remediate');
    const found = await Promise.all(
      [...this.#stage.journal.recordsOf(this.#index)].map((id) => ledger.remediation(id)),
    );
    return found.filter((one) => one !== null);
  }

  async #told(): Promise<string> {
    return JSON.stringify(
      (await this.#recorded()).map(({ id, kind, status, error, steps }) => [
        id,
        kind,
        status,
        error,
        steps.map((step) => step.status),
      ]),
    );
  }

  #calm(): StormEngine {
    const calm = this.#stage.calm();
    calm.skewMs = this.#skewMs;
    return calm;
  }

  #drawn(...words: readonly (string | number)[]): number {
    return this.#stage.draw(this.#index, ...words);
  }

  #violatedBy(what: string | null, rest: string): void {
    if (what !== null) this.#violated(`${what}: ${rest}`);
  }

  #violated(what: string): void {
    this.#stage.violated(`${this.#index} (${this.#drift.scene.title}): ${what}`);
  }
}

type TaskOf = Task extends infer One ? (One extends Task ? Omit<One, 'skewMs' | 'only'> : never) : never;

const isMade = ({ status }: Remediation['steps'][number]) => status === 'made' || status === 'unknown';
