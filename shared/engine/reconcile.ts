import { randomUUID } from 'node:crypto';
import { type AnyControl, callOf, SEVERITIES, type Step } from '../control.ts';
import { type Finding, type Recollection, type Remediation, resourceKey } from '../ledger/ledger.ts';
import { intended, make } from './apply.ts';
import type { Cause, Engine, Subject } from './engine.ts';
import { messageOf, NotConvergedError, StepFailedError, UnreadableStateError } from './errors.ts';
import { lower, refusalOf } from './gates.ts';
import { type Judgement, judge, type Observation, observe } from './observe.ts';
import type { Outcome, Result } from './outcome.ts';

/** Waits between the reads that verify a remediation, in milliseconds: EC2 and IAM may show an old state for some seconds. */
const VERIFY_DELAYS = [0, 250, 500, 1000, 2000, 4000, 8000];

/** Reads a resource once, judges it by its controls, puts right what is wrong and allowed, and verifies. One result for each control; never throws. */
export async function reconcile(subject: Subject, cause: Cause, engine: Engine): Promise<readonly Result[]> {
  return new Reconciliation(subject, cause, engine).run();
}

/** What is so far known of a control on this resource. */
type Progress = Pick<Result, 'outcome'> & Partial<Result>;

class Reconciliation {
  readonly #subject: Subject;
  readonly #cause: Cause;
  readonly #engine: Engine;
  readonly #key: string;
  /** Those that are not off, the most severe first. */
  readonly #controls: readonly AnyControl[];
  readonly #facets: readonly string[];
  #recollection: Recollection = { findings: [], lastKnown: null };
  #observation: Observation = { gone: false, facets: {}, unreadable: {} };
  /** Why nobody could say what the resource, which is gone, was like. */
  #forgotten: UnreadableStateError | null = null;
  /** The remediation that last changed the resource in this run; it may have put a sibling control's drift right too. */
  #lastRemediationId: string | null = null;

  constructor(subject: Subject, cause: Cause, engine: Engine) {
    this.#subject = subject;
    this.#cause = cause;
    this.#engine = engine;
    this.#key = resourceKey(subject.resource.service, subject.ref);
    this.#controls = subject.controls
      .filter((control) => this.#settings(control).mode !== 'off')
      .toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.id.localeCompare(b.id));
    this.#facets = [...new Set(this.#controls.flatMap((control) => control.needs as string[]))];
  }

  async run(): Promise<readonly Result[]> {
    const controls = this.#controls;
    if (controls.length === 0) return [];
    try {
      this.#recollection = await this.#engine.ledger.recall(this.#key);
      this.#observation = await this.#observe(this.#subject.known);
      if (this.#subject.known !== undefined && !controls.every((control) => this.#looksWell(control)))
        this.#observation = await this.#observe();
      if (this.#observation.gone) await this.#recallFromConfig();
    } catch (error) {
      return controls.map((control) => this.#result(control, { outcome: 'failed', error: messageOf(error) }));
    }
    const first = this.#observation;
    const results: Result[] = [];
    for (const control of controls) results.push(await this.#settle(control, first));
    return this.#remembering(results);
  }

  /** Judges one control and brings it to its outcome. */
  async #settle(control: AnyControl, first: Observation): Promise<Result> {
    let seen: Partial<Result> = {};
    try {
      const before = this.#judge(control, first);
      seen = { before: before.evaluation.complianceType, annotation: before.evaluation.annotation };
      const now = this.#observation === first ? before : this.#judge(control, this.#observation);
      const progress =
        now.evaluation.complianceType === 'NON_COMPLIANT'
          ? await this.#mend(control, now)
          : await this.#settled(control, before, now);
      return this.#result(control, { ...seen, ...progress });
    } catch (error) {
      const failed: Progress = { ...seen, outcome: 'failed', error: messageOf(error) };
      await this.#tellFailure(control, failed, []);
      return this.#result(control, failed);
    }
  }

  /** Nothing to do: it is right, or a sibling's remediation in this run has just put it right. */
  async #settled(control: AnyControl, before: Judgement, now: Judgement): Promise<Progress> {
    const { complianceType, annotation } = now.evaluation;
    await this.#resolveFinding(control);
    if (before.evaluation.complianceType === 'NON_COMPLIANT')
      return {
        outcome: 'remediated',
        after: complianceType,
        annotation: before.evaluation.annotation,
        remediationId: this.#lastRemediationId,
      };
    return {
      outcome: complianceType === 'COMPLIANT' ? 'compliant' : 'notApplicable',
      after: complianceType,
      annotation,
    };
  }

  async #mend(control: AnyControl, judgement: Judgement): Promise<Progress> {
    const { annotation } = judgement.evaluation;
    const settings = this.#settings(control);
    const mode = lower(settings.mode, this.#engine.ceiling);
    const plan = planOf(control, judgement, settings.parameters);
    const refusal = await refusalOf({ control, ref: this.#subject.ref, mode, settings, plan }, this.#engine);
    if (refusal === null) return this.#remediate(control, judgement, plan);
    const progress: Progress = {
      outcome: refusal.outcome,
      before: 'NON_COMPLIANT',
      after: 'NON_COMPLIANT',
      annotation,
      steps: plan.map(callOf),
    };
    await this.#recordFinding(control, refusal.outcome, annotation, () => this.#tell(control, progress, plan));
    return progress;
  }

  async #remediate(control: AnyControl, judgement: Judgement, plan: readonly Step[]): Promise<Progress> {
    const { annotation } = judgement.evaluation;
    let record = this.#newRecord(control, judgement, plan);
    const save = async (change: Partial<Remediation>) => {
      record = { ...record, ...change };
      await this.#engine.ledger.saveRemediation(this.#key, record);
    };
    const apply = async (step: Step, index: number) => {
      const made = await make(step, this.#subject.ref, this.#engine);
      await save({ steps: record.steps.with(index, made) });
      if (made.status === 'failed')
        throw new StepFailedError(`${made.service}:${made.operation} failed: ${made.error}`);
    };
    const stamp = (moment: 'applied' | 'verified') => ({ ...record.times, [moment]: this.#now().toISOString() });
    const progress = (rest: Progress): Progress => ({
      before: 'NON_COMPLIANT',
      annotation,
      steps: plan.map(callOf),
      remediationId: record.id,
      ...rest,
    });

    await save({});
    this.#lastRemediationId = record.id;
    let done: Progress;
    try {
      for (const [index, step] of plan.entries()) await apply(step, index);
      await save({ times: stamp('applied') });
      const after = await this.#verify(control);
      await save({
        status: 'remediated',
        after: after.state,
        afterCompliance: after.evaluation.complianceType,
        times: stamp('verified'),
      });
      done = progress({ outcome: 'remediated', after: after.evaluation.complianceType });
    } catch (error) {
      const failed = progress({ outcome: 'failed', after: null, error: messageOf(error) });
      this.#observation = await this.#observe();
      await save({ status: 'failed', error: messageOf(error) }).catch(() => {
        // The intended steps are in the ledger, and the result names the record and carries the first error.
      });
      await this.#tellFailure(control, failed, plan);
      return failed;
    }
    return this.#conclude(control, done, plan);
  }

  /** Tells people and closes the finding. Where that fails, the resource is right all the same, and its record says so. */
  async #conclude(control: AnyControl, done: Progress, plan: readonly Step[]): Promise<Progress> {
    try {
      await this.#tell(control, done, plan);
      await this.#resolveFinding(control);
      return done;
    } catch (error) {
      return { ...done, outcome: 'failed', error: `put right, but not told or closed: ${messageOf(error)}` };
    }
  }

  /** Reads again, with growing waits, until the control is satisfied. A read that fails is as good as one that shows the old state. */
  async #verify(control: AnyControl): Promise<Judgement> {
    let still = '';
    for (const delay of VERIFY_DELAYS) {
      if (delay > 0) await this.#engine.clock.sleep(delay);
      this.#observation = await this.#observe();
      try {
        const judgement = this.#judge(control, this.#observation);
        if (!judgement.deleted && judgement.evaluation.complianceType !== 'NON_COMPLIANT') return judgement;
        still = judgement.evaluation.annotation;
      } catch (error) {
        still = messageOf(error);
      }
    }
    // Only now is it sure that somebody deleted it meanwhile: a read may also not yet see what was just made.
    if (this.#observation.gone && control.whenDeleted === undefined) return this.#judge(control, this.#observation);
    throw new NotConvergedError(`after ${VERIFY_DELAYS.length} reads it is still so: ${still}`);
  }

  async #observe(known?: Subject['known']): Promise<Observation> {
    return observe(this.#subject, this.#facets, this.#engine, known);
  }

  /** A listing may be minutes old: it is enough to see that all is well, and never enough to act on. */
  #looksWell(control: AnyControl): boolean {
    try {
      return this.#judge(control, this.#observation).evaluation.complianceType !== 'NON_COMPLIANT';
    } catch {
      return false;
    }
  }

  #judge(control: AnyControl, observation: Observation): Judgement {
    if (observation.gone && control.whenDeleted !== undefined && this.#forgotten !== null) throw this.#forgotten;
    const lastKnown = this.#recollection.lastKnown as object | null;
    return judge(control, this.#subject, observation, lastKnown, this.#settings(control).parameters, this.#now());
  }

  /** Where a deletion is drift and the ledger knows nothing of the resource, AWS Config may. */
  async #recallFromConfig(): Promise<void> {
    const { resource, ref } = this.#subject;
    const guarded = this.#controls.some((control) => control.whenDeleted !== undefined);
    if (!guarded || this.#recollection.lastKnown !== null || resource.lastKnown === undefined) return;
    try {
      const lastKnown = await resource.lastKnown(this.#engine.aws(ref.region), ref);
      this.#recollection = { ...this.#recollection, lastKnown };
    } catch (cause) {
      const message = `could not read what was last known of ${ref.resourceId}: ${messageOf(cause)}`;
      this.#forgotten = new UnreadableStateError(message, { cause });
    }
  }

  /** Keeps a state that is good by every control that would mend its deletion, so that it can be put back. Where it cannot be kept, those controls have failed. */
  async #remembering(results: readonly Result[]): Promise<readonly Result[]> {
    const guarded = this.#controls.filter((control) => control.whenDeleted !== undefined);
    const good = guarded.every(({ id }) => results.some((r) => r.controlId === id && r.after === 'COMPLIANT'));
    const { gone, facets } = this.#observation;
    if (guarded.length === 0 || !good || gone) return results;
    const { lastKnown } = this.#recollection;
    const needed = guarded.flatMap((control) => control.needs as string[]).map((name) => [name, facets[name]]);
    const state = { ...(lastKnown as object | null), ...Object.fromEntries(needed) };
    if (JSON.stringify(state) === JSON.stringify(lastKnown)) return results;
    try {
      await this.#engine.ledger.remember(this.#key, state);
      return results;
    } catch (error) {
      const failed = { outcome: 'failed', error: `its good state could not be kept: ${messageOf(error)}` } as const;
      return results.map((result) =>
        guarded.some(({ id }) => id === result.controlId) ? { ...result, ...failed } : result,
      );
    }
  }

  #finding(control: AnyControl): Finding | undefined {
    return this.#recollection.findings.find((finding) => finding.controlId === control.id && finding.status === 'open');
  }

  /** Opens or continues the finding; `tell` is called when it is new or has changed, so that nobody hears the same thing twice. */
  async #recordFinding(
    control: AnyControl,
    outcome: Outcome,
    annotation: string,
    tell: () => Promise<void>,
  ): Promise<void> {
    const known = this.#finding(control);
    const now = this.#now().toISOString();
    // The text of an error differs from try to try: request ids, encoded messages.
    const toldBefore = known?.outcome === outcome && (outcome === 'failed' || known.annotation === annotation);
    if (!toldBefore) await tell();
    await this.#engine.ledger.saveFinding(this.#key, {
      controlId: control.id,
      ref: this.#subject.ref,
      status: 'open',
      severity: control.severity,
      outcome,
      annotation,
      firstSeen: known?.firstSeen ?? now,
      lastSeen: now,
      timesSeen: (known?.timesSeen ?? 0) + 1,
    });
  }

  async #resolveFinding(control: AnyControl): Promise<void> {
    const known = this.#finding(control);
    if (known === undefined) return;
    await this.#engine.ledger.saveFinding(this.#key, {
      ...known,
      status: 'resolved',
      lastSeen: this.#now().toISOString(),
    });
  }

  /** A failure is told once and kept as a finding; where even that fails, the result still says `failed`, and the retry comes. */
  async #tellFailure(control: AnyControl, failed: Progress, plan: readonly Step[]): Promise<void> {
    try {
      await this.#recordFinding(control, 'failed', failed.error ?? '', () => this.#tell(control, failed, plan));
    } catch {
      // The result carries the first error; a second one must not hide it.
    }
  }

  async #tell(control: AnyControl, progress: Progress, plan: readonly Step[]): Promise<void> {
    const { resource, ref } = this.#subject;
    await this.#engine.notifier.tell({
      result: this.#result(control, progress),
      control,
      consoleUrl: resource.consoleUrl(ref),
      attribution: this.#cause.attribution,
      eventTime: this.#cause.eventTime,
      reversible: plan.every((step) => step.undo !== undefined),
    });
  }

  #newRecord(control: AnyControl, judgement: Judgement, plan: readonly Step[]): Remediation {
    const now = this.#now().toISOString();
    return {
      id: `rem-${now.replace(/\D/g, '').slice(0, 14)}-${randomUUID().slice(0, 8)}`,
      controlId: control.id,
      severity: control.severity,
      ref: this.#subject.ref,
      status: 'applying',
      mode: 'remediate',
      annotation: judgement.evaluation.annotation,
      before: judgement.state,
      after: null,
      afterCompliance: null,
      steps: plan.map(intended),
      error: null,
      eventId: this.#cause.eventId,
      eventName: this.#cause.eventName,
      attribution: this.#cause.attribution,
      times: {
        event: this.#cause.eventTime,
        received: this.#cause.receivedAt,
        decided: now,
        applied: null,
        verified: null,
      },
      policyVersion: this.#engine.policy.version,
    };
  }

  #settings(control: AnyControl) {
    return this.#engine.policy.settingsFor(control, this.#subject.ref);
  }

  #now(): Date {
    return this.#engine.clock.now();
  }

  #result(control: AnyControl, progress: Progress): Result {
    const { ref } = this.#subject;
    return {
      eventId: this.#cause.eventId,
      eventName: this.#cause.eventName,
      controlId: control.id,
      resourceType: ref.resourceType,
      resourceId: ref.resourceId,
      accountId: ref.accountId,
      region: ref.region,
      before: null,
      after: null,
      annotation: null,
      mode: lower(this.#settings(control).mode, this.#engine.ceiling),
      steps: [],
      remediationId: null,
      error: null,
      ...progress,
    };
  }
}

/** The steps for a verdict; none where there is nothing to plan from or the control has no plan. */
function planOf(control: AnyControl, { state, deleted }: Judgement, parameters: object): readonly Step[] {
  if (state === null) return [];
  return (deleted ? control.whenDeleted?.plan(state, parameters) : control.plan?.(state, parameters)) ?? [];
}
