import { randomUUID } from 'node:crypto';
import { type AnyControl, callOf, SEVERITIES, type Step } from '../control.ts';
import { type Finding, type Recollection, type Remediation, resourceKey } from '../ledger/ledger.ts';
import { intended, make } from './apply.ts';
import type { Cause, Engine, Subject } from './engine.ts';
import { messageOf, NotConvergedError } from './errors.ts';
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
  readonly #facets: readonly string[];
  #recollection: Recollection = { findings: [], lastKnown: null };
  #observation: Observation = { gone: false, facets: {}, unreadable: {} };
  /** The remediation that last changed the resource in this run; it may have put a sibling control's drift right too. */
  #lastRemediationId: string | null = null;

  constructor(subject: Subject, cause: Cause, engine: Engine) {
    this.#subject = subject;
    this.#cause = cause;
    this.#engine = engine;
    this.#key = resourceKey(subject.resource.service, subject.ref);
    this.#facets = [...new Set(subject.controls.flatMap((control) => control.needs as string[]))];
  }

  async run(): Promise<readonly Result[]> {
    const controls = this.#subject.controls
      .filter((control) => this.#settings(control).mode !== 'off')
      .toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.id.localeCompare(b.id));
    if (controls.length === 0) return [];
    try {
      this.#recollection = await this.#engine.ledger.recall(this.#key);
      this.#observation = await this.#observe(this.#subject.known);
      if (this.#subject.known !== undefined && !controls.every((control) => this.#looksCompliant(control)))
        this.#observation = await this.#observe();
      if (this.#observation.gone) await this.#recallFromConfig();
    } catch (error) {
      return controls.map((control) => this.#result(control, { outcome: 'failed', error: messageOf(error) }));
    }
    const first = this.#observation;
    const results: Result[] = [];
    for (const control of controls) results.push(await this.#settle(control, first));
    await this.#remember(controls, results);
    return results;
  }

  /** Judges one control and brings it to its outcome. */
  async #settle(control: AnyControl, first: Observation): Promise<Result> {
    try {
      const before = this.#judge(control, first);
      const now = this.#observation === first ? before : this.#judge(control, this.#observation);
      const progress =
        now.evaluation.complianceType === 'NON_COMPLIANT'
          ? await this.#mend(control, now)
          : await this.#settled(control, before, now);
      return this.#result(control, { before: before.evaluation.complianceType, ...progress });
    } catch (error) {
      const failed: Progress = { outcome: 'failed', error: messageOf(error) };
      await this.#tellFailure(control, failed);
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
    try {
      for (const [index, step] of plan.entries()) {
        const made = await make(step, this.#subject.ref, this.#engine);
        await save({ steps: record.steps.with(index, made) });
      }
      await save({ times: stamp('applied') });
      const after = await this.#verify(control);
      await save({
        status: 'remediated',
        after: after.state,
        afterCompliance: after.evaluation.complianceType,
        times: stamp('verified'),
      });
      await this.#resolveFinding(control);
      const done = progress({ outcome: 'remediated', after: after.evaluation.complianceType });
      await this.#tell(control, done, plan);
      return done;
    } catch (error) {
      const failed = progress({ outcome: 'failed', after: null, error: messageOf(error) });
      this.#observation = await this.#observe();
      await save({ status: 'failed', error: messageOf(error) });
      await this.#tellFailure(control, failed);
      return failed;
    }
  }

  /** Reads again, with growing waits, until the control is satisfied. */
  async #verify(control: AnyControl): Promise<Judgement> {
    let last = '';
    for (const delay of VERIFY_DELAYS) {
      if (delay > 0) await this.#engine.clock.sleep(delay);
      this.#observation = await this.#observe();
      const judgement = this.#judge(control, this.#observation);
      if (!judgement.deleted && judgement.evaluation.complianceType !== 'NON_COMPLIANT') return judgement;
      last = judgement.evaluation.annotation;
    }
    throw new NotConvergedError(`after ${VERIFY_DELAYS.length} reads it is still so: ${last}`);
  }

  async #observe(known?: Subject['known']): Promise<Observation> {
    return observe(this.#subject, this.#facets, this.#engine, known);
  }

  /** A listing may be minutes old: it is enough to see that all is well, and never enough to act on. */
  #looksCompliant(control: AnyControl): boolean {
    try {
      return this.#judge(control, this.#observation).evaluation.complianceType === 'COMPLIANT';
    } catch {
      return false;
    }
  }

  #judge(control: AnyControl, observation: Observation): Judgement {
    const lastKnown = this.#recollection.lastKnown as object | null;
    return judge(control, this.#subject, observation, lastKnown, this.#settings(control).parameters, this.#now());
  }

  /** Where a deletion is drift and the ledger knows nothing of the resource, AWS Config may. */
  async #recallFromConfig(): Promise<void> {
    const { resource, ref } = this.#subject;
    if (this.#recollection.lastKnown !== null || resource.lastKnown === undefined) return;
    const lastKnown = await resource.lastKnown(this.#engine.aws(ref.region), ref);
    this.#recollection = { ...this.#recollection, lastKnown };
  }

  /** Keeps a state that is good by every control that would mend its deletion, so that it can be put back. */
  async #remember(controls: readonly AnyControl[], results: readonly Result[]): Promise<void> {
    const { resource } = this.#subject;
    if (resource.lastKnown === undefined || this.#observation.gone) return;
    const { facets } = this.#observation;
    const guarded = controls.filter((control) => control.whenDeleted !== undefined);
    const good = guarded.every((control) => results.some((r) => r.controlId === control.id && r.after === 'COMPLIANT'));
    const whole = guarded.length > 0 && Object.keys(resource.facets).every((name) => name in facets);
    if (!good || !whole || JSON.stringify(facets) === JSON.stringify(this.#recollection.lastKnown)) return;
    await this.#engine.ledger.remember(this.#key, facets);
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
    if (known?.outcome !== outcome || known.annotation !== annotation) await tell();
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
  async #tellFailure(control: AnyControl, failed: Progress): Promise<void> {
    try {
      await this.#recordFinding(control, 'failed', failed.error ?? '', () => this.#tell(control, failed, []));
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
