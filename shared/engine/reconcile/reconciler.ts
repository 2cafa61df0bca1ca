import { randomUUID } from 'node:crypto';
import { type AnyControl, SEVERITIES } from '../../control.ts';
import { abandon, leaseState, mark, take } from '../../ledger/lease.ts';
import { NEW_RESOURCE, resourceKey, type Session, withLease } from '../../ledger/ledger.ts';
import type { Remediation } from '../../ledger/records.ts';
import { orUnreadable } from '../../resource.ts';
import type { Result } from '../../result.ts';
import { delays, readUntil } from '../../retry.ts';
import { SECOND_MS } from '../../time.ts';
import type { Cause, Engine, Subject } from '../context.ts';
import { messageOf } from '../errors.ts';
import { sendRecheck } from '../execution/pending.ts';
import { Draft } from '../run/draft.ts';
import { lastKnownBy } from '../run/evaluation-context.ts';
import { saveLastKnown } from '../run/last-known.ts';
import { isAtLeast } from '../run/modes.ts';
import { postpone, publishAnnouncements, publishOutbox } from '../run/notices.ts';
import { type Observation, observe } from '../run/observation.ts';
import { complianceOf, facetsOf, Run } from '../run/run.ts';
import { announceOutage } from './announce-outage.ts';
import { ControlReconciler } from './control-reconciler.ts';
import { recover } from './recover.ts';

/** Maximum rounds under one lease while other runs keep asking for more; then the event is retried. */
const MAX_ROUNDS = 20;
/** For this long after the event's call, a new resource may not be visible yet. */
const VISIBILITY_WINDOW_MS = 60 * SECOND_MS;
/** Waits before a new resource is taken to be gone. */
const VISIBILITY_DELAYS_MS = [500, 1500];
/** Reads that began this soon after the lease changed hands may show the state before. */
const HANDOVER_GRACE_MS = 60 * SECOND_MS;

/** Reads a resource once, evaluates its controls, remediates drift where it is allowed, and verifies. One result for each control; never throws. `approved`: a person has approved this remediation. */
export async function reconcile(
  subject: Subject,
  cause: Cause,
  engine: Engine,
  approved: Remediation | null = null,
): Promise<readonly Result[]> {
  const place = { ref: subject.ref, arn: subject.resource.arn(subject.ref) };
  const isOn = (control: AnyControl) => engine.policy.reach(control, place) !== 'off';
  const controls = mostSevereFirst(subject.controls.filter(isOn));
  const siblings = mostSevereFirst([...new Set([...controls, ...(subject.siblings ?? []).filter(isOn)])]);
  const whole = { ...subject, controls, siblings };
  return controls.length === 0 ? [] : new Reconciliation(whole, cause, engine, approved).run();
}

/** The most severe first. */
const mostSevereFirst = (controls: readonly AnyControl[]) =>
  controls.toSorted(
    (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.id.localeCompare(b.id),
  );

const idsOf = (controls: readonly AnyControl[]) => controls.map(({ id }) => id);

type SubjectWithSiblings = Subject & Required<Pick<Subject, 'siblings'>>;

class Reconciliation {
  #subject: SubjectWithSiblings;
  readonly #cause: Cause;
  readonly #engine: Engine;
  readonly #approved: Remediation | null;
  readonly #holder = randomUUID();
  readonly #startedAt: number;
  /** The notices that this run has queued and has to publish. */
  readonly #notices: string[] = [];

  constructor(subject: SubjectWithSiblings, cause: Cause, engine: Engine, approved: Remediation | null) {
    this.#subject = subject;
    this.#cause = cause;
    this.#engine = engine;
    this.#approved = approved;
    this.#startedAt = engine.clock.now().getTime();
  }

  async run(): Promise<readonly Result[]> {
    try {
      const [session, observation] = await this.#begin();
      const history = await this.#configHistory(session, observation);
      const run = this.#newRun(new Draft(this.#engine, session), observation, history);
      return await (this.#wantsLease(run) ? this.#underLease(run) : this.#withoutLease(run));
    } catch (error) {
      await announceOutage(this.#engine, error);
      return this.#allFailed(error);
    }
  }

  /** One query of the ledger, concurrent with the reads. */
  async #begin(): Promise<readonly [Session, Observation]> {
    const { resource, ref, controls, known } = this.#subject;
    const key = resourceKey(resource.service.id, ref);
    const facets = facetsOf(controls);
    const [session, first] = await Promise.all([
      this.#engine.ledger.load(key),
      observe(this.#subject, facets, this.#engine, known),
    ]);
    // A listing may be minutes old: enough to find everything compliant, or for a dry run; never to act on.
    const isEnough = known === undefined || !this.#mayAct() || this.#isAllCompliant(session, first);
    return [session, await this.#visible(isEnough ? first : await this.#observe())];
  }

  #observe(): Promise<Observation> {
    return observe(this.#subject, facetsOf(this.#subject.controls), this.#engine);
  }

  #mayAct(): boolean {
    return this.#engine.planOnly !== true && isAtLeast(this.#engine.ceiling, 'approve');
  }

  #isAllCompliant(session: Session, observation: Observation): boolean {
    const run = this.#newRun(new Draft(this.#engine, session), observation);
    return this.#subject.controls.every((control) =>
      ['COMPLIANT', 'NOT_APPLICABLE'].includes(complianceOf(run, control) ?? ''),
    );
  }

  /** A resource that was just created may not be visible yet. */
  async #visible(observation: Observation): Promise<Observation> {
    const { eventTime } = this.#cause;
    const isYoung = eventTime !== null && Math.abs(this.#startedAt - Date.parse(eventTime)) < VISIBILITY_WINDOW_MS;
    const reads = [observation];
    const read = async () => reads.pop() ?? this.#observe();
    return readUntil(read, ({ gone }) => !gone || !isYoung, {
      clock: this.#engine.clock,
      backoff: delays(...VISIBILITY_DELAYS_MS),
    });
  }

  /** What AWS Config knew of a resource whose deletion is drift, where the ledger knows nothing. */
  async #configHistory(session: Session, observation: Observation): Promise<Run['configHistory']> {
    const { resource, ref, controls } = this.#subject;
    const guarding = controls.filter(({ whenDeleted }) => whenDeleted !== undefined);
    const isKnown = guarding.every((control) => lastKnownBy(control, session.state.lastKnown) !== null);
    if (!observation.gone || isKnown || resource.lastKnown === undefined) return null;
    return orUnreadable(`what was last known of ${ref.resourceId}`, resource.lastKnown.read(observation.aws, ref));
  }

  #newRun(draft: Draft, observation: Observation, history: Run['configHistory'] = null): Run {
    return new Run(this.#subject, this.#cause, this.#engine, draft, observation, history);
  }

  /** True where there is drift and a mode may let us act, or where an earlier run left something open. */
  #wantsLease(run: Run): boolean {
    if (!this.#mayAct()) return false;
    const { open, lease, findings } = run.draft.state;
    const isUnanswered = Object.values(findings).some(({ unanswered }) => unanswered !== undefined);
    const { held, orphaned } = leaseState(lease, this.#startedAt);
    if (!held && (open.length > 0 || isUnanswered || this.#subject.siblings.some(({ id }) => orphaned.includes(id))))
      return true;
    return this.#subject.controls.some(
      (control) =>
        complianceOf(run, control) === 'NON_COMPLIANT' &&
        isAtLeast(this.#engine.policy.reach(control, run.place()), 'approve'),
    );
  }

  async #withoutLease(run: Run): Promise<readonly Result[]> {
    // What cannot be read may be exempt.
    if (run.subject.controls.some((control) => ['NON_COMPLIANT', null].includes(complianceOf(run, control))))
      run.draft.adopt(await this.#engine.ledger.loadShared(run.draft.session));
    const before = run.draft.session.state.recheckAt;
    const results = await this.#reconcileControls(run, { leased: false });
    await run.draft.write();
    return this.#publish(run, before, results);
  }

  /** Works as the resource's only writer, and evaluates again for as long as other runs ask for it. */
  async #underLease(first: Run): Promise<readonly Result[]> {
    const { ledger } = this.#engine;
    const loaded = first.draft.session;
    const [taken, asked] = await Promise.allSettled([this.#take(loaded), ledger.loadShared(loaded)]);
    if (taken.status === 'rejected') throw taken.reason;
    const { session, isOurs, isFirst } = taken.value;
    if (asked.status === 'rejected') {
      // A retry must not find the lease held by a run that has ended.
      if (isOurs) await this.#abandon(session);
      throw asked.reason;
    }
    const { shared } = asked.value;
    if (!isOurs) {
      first.draft.adopt({ ...session, shared });
      const results = await this.#reconcileControls(first, { leased: false });
      await first.draft.write();
      return this.#publish(first, loaded.state.recheckAt, results);
    }
    const isFresh = isFirst && loaded.state.changedHandsAt <= this.#startedAt - HANDOVER_GRACE_MS;
    return this.#asHolder(first, { ...session, shared }, isFresh);
  }

  async #asHolder(first: Run, session: Session, isFresh: boolean): Promise<readonly Result[]> {
    let draft = new Draft(this.#engine, session, this.#holder);
    let results: readonly Result[] = [];
    const before = session.state.recheckAt;
    try {
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const observation = round === 0 && isFresh ? first.observation : await this.#observe();
        const run = this.#newRun(draft, observation, first.configHistory);
        results = merge(results, await this.#reconcileControls(run, { leased: true }));
        const wanted = await draft.release();
        if (wanted.length === 0) return await this.#publish(run, before, results);
        this.#widen(wanted);
        const next = new Draft(this.#engine, draft.session, this.#holder);
        next.hasAnnounced = draft.hasAnnounced;
        draft = next;
      }
      throw new Error(`the resource was changed ${MAX_ROUNDS} times by others during the reconciliation`);
    } catch (error) {
      await this.#abandon(draft.session);
      if (results.length === 0) throw error;
      await announceOutage(this.#engine, error);
      return results.map((result) => ({ ...result, outcome: 'failed', error: result.error ?? messageOf(error) }));
    }
  }

  async #take(loaded: Session) {
    const claim = { requested: idsOf(this.#subject.controls), handles: idsOf(this.#subject.siblings) };
    const arn = this.#subject.resource.arn(this.#subject.ref);
    const [session, answer] = await this.#engine.ledger.update(loaded, (state) => {
      const now = this.#engine.clock.now().getTime();
      const isFirst = state === loaded.state;
      const lease = take(state.lease, this.#holder, claim, now);
      if (lease !== null) return { next: { ...withLease(state, lease, now), arn }, answer: { isOurs: true, isFirst } };
      const marked = mark(state.lease, claim);
      return {
        next: marked === undefined ? undefined : { ...state, lease: marked },
        answer: { isOurs: false, isFirst },
      };
    });
    return { session, ...answer };
  }

  /** Where even this fails, the lease expires, and the next run takes over. */
  async #abandon(session: Session): Promise<void> {
    await this.#engine.ledger
      .update(session, (state) => {
        const lease = abandon(state.lease, this.#holder);
        const now = this.#engine.clock.now().getTime();
        return { next: lease === undefined ? undefined : withLease(state, lease, now), answer: undefined };
      })
      .catch(() => {});
  }

  /** The next round also evaluates the controls that other runs have asked for. */
  #widen(wanted: readonly string[]): void {
    const { controls, siblings } = this.#subject;
    const all = siblings.filter((control) => controls.includes(control) || wanted.includes(control.id));
    this.#subject = { ...this.#subject, controls: all };
  }

  async #reconcileControls(run: Run, { leased }: { readonly leased: boolean }): Promise<readonly Result[]> {
    const recovered = leased ? await recover(run) : new Map();
    const results = await new ControlReconciler(run, leased, this.#approved, recovered).run();
    saveLastKnown(run, results);
    this.#notices.push(...run.notices);
    return results;
  }

  /** Publishes what was decided. What could not be published stays in the outbox, for the retry of the event. */
  async #publish(run: Run, recheckBefore: number | null, results: readonly Result[]): Promise<readonly Result[]> {
    await sendRecheck(run, recheckBefore);
    try {
      await publishOutbox(run.draft.session, this.#subject, this.#engine, this.#notices);
      if (run.draft.hasAnnounced) await publishAnnouncements(this.#engine);
      return results;
    } catch (error) {
      const left = await postpone(run.draft.session, this.#engine, this.#notices);
      return results.map((result) =>
        left.includes(result.controlId ?? '')
          ? { ...result, outcome: 'failed', error: `${result.outcome}, but not notified: ${messageOf(error)}` }
          : result,
      );
    }
  }

  #allFailed(error: unknown): readonly Result[] {
    const draft = new Draft(this.#engine, {
      key: '',
      version: 0,
      state: NEW_RESOURCE,
      shared: null,
      records: new Map(),
    });
    const run = this.#newRun(draft, {
      gone: false,
      facets: {},
      unreadable: {},
      aws: this.#engine.aws(this.#subject.ref.region),
    });
    return this.#subject.controls.map((control) => run.result(control, { outcome: 'failed', error: messageOf(error) }));
  }
}

/** The last result of each control; but what was remediated in an earlier round stays so. */
const merge = (earlier: readonly Result[], later: readonly Result[]): readonly Result[] =>
  later.map((result) => {
    const before = earlier.find(({ controlId }) => controlId === result.controlId);
    return before?.outcome === 'remediated' && result.outcome === 'compliant' ? before : result;
  });
