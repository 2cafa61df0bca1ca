import type { AnyControl } from '../../control.ts';
import type { Shared } from '../../ledger/ledger.ts';
import type { Remediation } from '../../ledger/records.ts';
import type { Result } from '../../result.ts';
import { callOf, type Step } from '../../step.ts';
import { attemptContext } from '../execution/outcomes.ts';
import { deadlineOf, markPending, withRecheck } from '../execution/pending.ts';
import { portionsOf } from '../execution/portions.ts';
import { finishPlan, remediate, type Work } from '../execution/remediate.ts';
import type { Unfinished } from '../execution/unfinished.ts';
import { findingFingerprint, isKnownProblem, withFinding, withoutFinding } from '../run/findings.ts';
import { isAtLeast } from '../run/modes.ts';
import type { Evaluated, Observation } from '../run/observation.ts';
import type { Planned } from '../run/plan.ts';
import { redactedCall } from '../run/redact.ts';
import type { Progress, Run } from '../run/run.ts';
import type { Refusal, Verdict } from './gates/gate.ts';
import { passGates } from './gates/index.ts';
import { siblingHolders } from './gates/sibling.ts';
import { recordFailure } from './record-failure.ts';
import { recoverUnanswered } from './recover.ts';
import { isMadeFor, requestApproval } from './request-approval.ts';

/** Brings each control of a run to its outcome; its decisions go into the run's draft. */
export class ControlReconciler {
  readonly #run: Run;
  readonly #leased: boolean;
  readonly #approved: Remediation | null;
  /** Outcomes of controls whose open records were closed. */
  readonly #recovered: ReadonlyMap<string, Progress>;
  readonly #first: Observation;
  /** The remediation that last changed the resource in this run; it may have remediated a sibling control's drift too. */
  #lastRemediationId: string | null = null;

  constructor(run: Run, leased: boolean, approved: Remediation | null, recovered: ReadonlyMap<string, Progress>) {
    this.#run = run;
    this.#leased = leased;
    this.#approved = approved;
    this.#recovered = recovered;
    this.#first = run.observation;
  }

  async run(): Promise<readonly Result[]> {
    const results: Result[] = [];
    for (const control of this.#run.subject.controls) results.push(await this.#reconcile(control));
    return results;
  }

  async #reconcile(control: AnyControl): Promise<Result> {
    const run = this.#run;
    let seen: Partial<Result> = {};
    try {
      const before = run.evaluate(control, this.#first);
      seen = { before: before.evaluation.complianceType, annotation: before.evaluation.annotation };
      const now = run.observation === this.#first ? before : run.evaluate(control);
      const progress = await this.#progress(control, before, now);
      return run.result(control, { ...seen, ...progress });
    } catch (error) {
      return run.result(control, recordFailure(run, control, seen, error, this.#recovered.get(control.id) ?? null));
    }
  }

  async #progress(control: AnyControl, before: Evaluated, now: Evaluated): Promise<Progress> {
    const recovered = this.#recovered.get(control.id);
    const isNonCompliant = now.evaluation.complianceType === 'NON_COMPLIANT';
    // Where AWS is still applying a change, drift on other elements goes on.
    if (recovered !== undefined && (!isNonCompliant || recovered.outcome !== 'pending')) {
      this.#lastRemediationId = recovered.remediationId ?? null;
      return recovered;
    }
    const unfinished = this.#run.unfinished.get(control.id);
    if (unfinished !== undefined) return this.#drifted(control, now, unfinished);
    if (!isNonCompliant) {
      const late = this.#leased ? await recoverUnanswered(this.#run, control, now) : null;
      return late ?? this.#compliant(control, before, now);
    }
    if (now.evaluation.retryAfter !== undefined) return recovered ?? this.#settling(control, now);
    return this.#drifted(control, now);
  }

  /** Nothing to do: compliant, or just remediated by a sibling in this run. */
  #compliant(control: AnyControl, before: Evaluated, { evaluation }: Evaluated): Progress {
    const run = this.#run;
    const { complianceType: after, annotation } = evaluation;
    const isBySibling = before.evaluation.complianceType === 'NON_COMPLIANT';
    const progress: Progress = isBySibling
      ? {
          outcome: 'remediated',
          after,
          annotation: before.evaluation.annotation,
          remediationId: this.#lastRemediationId,
        }
      : { outcome: after === 'COMPLIANT' ? 'compliant' : 'notApplicable', after, annotation };
    const known = run.draft.state.findings[control.id];
    // Whose doing this is, the next run decides that holds the lease.
    if (known?.unanswered !== undefined && !this.#leased) return progress;
    const said = { before: before.evaluation.complianceType, ...progress };
    const details = known === undefined ? {} : { was: known.annotation };
    const quiet = () => (known === undefined ? null : run.quietNotice(control, said, details));
    const notice = isKnownProblem(known) ? run.notice(control, said, details) : quiet();
    run.draft.change((state) => withoutFinding(state, control.id, notice));
    return progress;
  }

  /** Non-compliant, and AWS is applying another actor's change or does not allow one yet. */
  #settling(control: AnyControl, { evaluation, state }: Evaluated): Progress {
    const run = this.#run;
    const now = run.now();
    const { annotation, fingerprint, retryAfter = 0 } = evaluation;
    const known = run.draft.state.findings[control.id];
    const deadline = (known?.outcome === 'pending' ? known.deadline : null) ?? deadlineOf(control, now.getTime());
    const drift = { before: 'NON_COMPLIANT', after: 'NON_COMPLIANT', annotation } as const;
    const late = this.#stillLate(control, { evaluation, state, deleted: false });
    if (late !== null) return { ...drift, ...late };
    if (deadline > now.toISOString()) {
      const isAsked = known?.retryAt != null && known.retryAt > now.toISOString();
      if (!isAsked)
        markPending(
          run,
          control,
          Math.min(now.getTime() + retryAfter, Date.parse(deadline)),
          deadline,
          annotation,
          fingerprint,
        );
      return { ...drift, outcome: 'pending' };
    }
    const error = `AWS did not finish by ${deadline}: ${annotation}`;
    const failed: Progress = { ...drift, outcome: 'failed', error };
    const retryAt = new Date(now.getTime() + retryAfter).toISOString();
    const blocked = {
      by: 'AWS did not finish in time.',
      recordId: null,
      ...attemptContext(run, { evaluation, state, deleted: false }),
    };
    this.#recordFinding(control, {
      outcome: 'failed',
      annotation: error,
      fingerprint,
      notice: run.notice(control, failed),
      retryAt,
      blocked,
    });
    return failed;
  }

  /** What has missed its deadline stays failed, notified once, while AWS is still at work. */
  #stillLate(control: AnyControl, evaluated: Evaluated): Progress | null {
    const known = this.#run.draft.state.findings[control.id];
    if (known?.blocked == null || known.blocked.facets !== attemptContext(this.#run, evaluated).facets) return null;
    return { outcome: 'blocked', error: null, annotation: `${known.blocked.by} ${evaluated.evaluation.annotation}` };
  }

  /** `unfinished`: the plan that an interrupted run has made in part, in place of a new one. */
  async #drifted(control: AnyControl, evaluated: Evaluated, unfinished?: Unfinished): Promise<Progress> {
    const run = this.#run;
    const known = run.draft.state.findings[control.id];
    const { annotation } = evaluated.evaluation;
    if (!this.#leased && known?.outcome === 'pending' && (known.deadline ?? '') > run.now().toISOString())
      return { outcome: 'pending', before: 'NON_COMPLIANT', after: 'NON_COMPLIANT', annotation };
    await run.readForPlan(control);
    const planned =
      unfinished === undefined ? run.plan(control, evaluated) : { ...unfinished, byHand: null, state: null };
    const { mode, ownership } = await run.allowed(control);
    const [first = []] = portionsOf(planned.steps);
    const isByTags = isAtLeast(mode, 'approve') && run.engine.policy.goesByTags(control, run.place());
    const createdAt = isByTags && first.length > 0 ? await run.createdAt() : null;
    const approved = this.#approvedFor(control, evaluated, first);
    const shared = this.#shared();
    const verdict = passGates({
      run,
      control,
      evaluated,
      steps: planned.steps,
      shared,
      mode,
      ownership,
      approved: approved !== null || unfinished?.record.mode === 'approve',
      decided: this.#approved?.controlId === control.id,
      holders: await siblingHolders(run, shared, ownership?.tags ?? null),
      createdAt,
    });
    const drift: Progress = {
      outcome: 'detected',
      before: 'NON_COMPLIANT',
      after: 'NON_COMPLIANT',
      mode,
      annotation: words(planned.byHand, annotation),
      steps: planned.steps.map(callOf).map(redactedCall),
    };
    const isWhole = verdict.steps.length === planned.steps.length;
    if (unfinished !== undefined && isWhole)
      return { ...(await finishPlan(run, control, evaluated, unfinished)), mode };
    if (unfinished !== undefined && verdict.refusal !== null)
      return this.#refused(control, evaluated, drift, verdict.refusal, planned);
    return this.#act(control, evaluated, planned, verdict, { drift, approved, tags: ownership?.tags ?? {} });
  }

  async #act(
    control: AnyControl,
    evaluated: Evaluated,
    planned: Planned,
    { steps, refusal }: Verdict,
    { drift, approved, tags }: Circumstances,
  ): Promise<Progress> {
    const run = this.#run;
    const [first = []] = portionsOf(planned.steps);
    const acts = steps.length > 0 || refusal?.outcome === 'awaitingApproval';
    if (acts && run.engine.planOnly === true)
      return { ...drift, outcome: steps.length > 0 ? 'remediated' : 'awaitingApproval' };
    if (acts && !this.#leased)
      return {
        ...drift,
        annotation: `Another run is working on the resource and will re-evaluate it. ${drift.annotation}`,
      };
    if (refusal?.outcome === 'awaitingApproval')
      return requestApproval(run, { control, evaluated, steps: first, drift, outdated: this.#approved });
    if (steps.length === 0 && refusal !== null) return this.#refused(control, evaluated, drift, refusal, planned);
    const portions = approved === null ? portionsOf(steps) : [steps.filter((step) => first.includes(step))];
    let seen = evaluated;
    for (const portion of portions) {
      const isLast = portion === portions.at(-1);
      const heldBack = isLast ? refusal : REST_FOLLOWS;
      const done = await remediate(run, { control, evaluated: seen, steps: portion, heldBack, approved, tags });
      if ('refusal' in done) return this.#refused(control, seen, drift, done.refusal, planned);
      this.#lastRemediationId = done.remediationId ?? null;
      if (isLast || done.outcome !== REST_FOLLOWS.outcome) return { ...done, mode: drift.mode ?? null };
      seen = run.evaluate(control);
    }
    return drift;
  }

  /** An approval holds for the approved plan and the state that it was made for, while its record is open. */
  #approvedFor(control: AnyControl, evaluated: Evaluated, steps: readonly Step[]): Remediation | null {
    const approved = this.#approved;
    if (approved === null || approved.controlId !== control.id) return null;
    const waits = this.#run.draft.state.open.some(({ id }) => id === approved.id);
    return waits && isMadeFor(approved, this.#run, evaluated, steps) ? approved : null;
  }

  #refused(control: AnyControl, evaluated: Evaluated, drift: Progress, refusal: Refusal, planned: Planned): Progress {
    const { outcome, reason, by, quiet, stoppedBy, gate, recheckAt } = refusal;
    // Its finding is left as it is, with the time of the recheck.
    if (outcome === 'pending')
      return { ...drift, outcome, remediationId: this.#recovered.get(control.id)?.remediationId ?? null };
    const annotation = words(reason, drift.annotation);
    const refused = {
      ...drift,
      outcome,
      annotation: words(reason, by, drift.annotation),
      ...(gate === undefined ? {} : { gate }),
    };
    const reversible = planned.steps.every(({ undo }) => undo !== undefined);
    const options = stoppedBy === undefined ? { reversible } : { reversible, stoppedBy };
    const run = this.#run;
    const notice = quiet === true ? run.quietNotice(control, refused, options) : run.notice(control, refused, options);
    const known = this.#run.draft.state.findings[control.id];
    const kept =
      outcome === 'blocked' && known != null
        ? {
            retryAt: known.retryAt,
            blocked: known.blocked,
            ...(known.denied === undefined ? {} : { denied: known.denied }),
          }
        : {};
    this.#recordFinding(control, {
      outcome,
      annotation,
      fingerprint: findingFingerprint(evaluated.evaluation, reason),
      notice,
      ...kept,
      ...(recheckAt === undefined ? {} : { retryAt: new Date(recheckAt).toISOString() }),
    });
    const now = this.#run.now().getTime();
    if (recheckAt !== undefined) this.#run.draft.change((state) => withRecheck(state, recheckAt, now));
    return refused;
  }

  #recordFinding(control: AnyControl, sighting: Omit<Parameters<typeof withFinding>[2], 'at'>): void {
    const at = this.#run.now().toISOString();
    this.#run.draft.change((state) => withFinding(state, control, { ...sighting, at }));
  }

  #shared(): Shared {
    const { shared } = this.#run.draft.session;
    if (shared === null) throw new TypeError('what holds for everybody was not read');
    return shared;
  }
}

/** What a plan is carried out under. */
type Circumstances = Pick<Work, 'approved'> & Required<Pick<Work, 'tags'>> & { readonly drift: Progress };

/** More steps than a record holds: each portion is a remediation of its own. */
const REST_FOLLOWS = { outcome: 'detected', reason: null, quiet: true } as const;

const words = (...parts: readonly (string | null | undefined)[]) => parts.filter(Boolean).join(' ');
