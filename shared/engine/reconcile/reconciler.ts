import { randomUUID } from 'node:crypto';
import { type AnyControl, callOf, SEVERITIES, type Step } from '../../control.ts';
import type { Remediation } from '../../ledger/ledger.ts';
import type { Result } from '../../result.ts';
import type { Cause, Engine, Subject } from '../context.ts';
import { messageOf } from '../errors.ts';
import { remediate } from '../execution/remediate.ts';
import { alarm } from './announce-outage.ts';
import { isMadeFor, requestApproval } from './approval.ts';
import { refusalOf } from './gates.ts';
import { Look, type Progress } from './look.ts';
import { isAtLeast } from './modes.ts';
import type { Judgement, Observation } from './observation.ts';
import { planOf } from './plan.ts';
import { closeOpenRecords } from './recover.ts';

/** A resource that others keep changing is looked at so often before the work goes back to the retry. */
const MOST_LOOKS = 20;

/** Reads a resource once, judges it by its controls, puts right what is wrong and allowed, and verifies. One result for each control; never throws. `approved`: a person has approved this remediation. */
export async function reconcile(
  subject: Subject,
  cause: Cause,
  engine: Engine,
  approved: Remediation | null = null,
): Promise<readonly Result[]> {
  const place = { ref: subject.ref, arn: subject.resource.arn(subject.ref) };
  const isOn = (control: AnyControl) => engine.policy.reach(control, place) !== 'off';
  const controls = inTurn(subject.controls.filter(isOn));
  const siblings = inTurn([...new Set([...controls, ...(subject.siblings ?? []).filter(isOn)])]);
  const whole = { ...subject, controls, siblings };
  return controls.length === 0 ? [] : new Reconciliation(whole, cause, engine, approved).run();
}

/** The most severe first. */
const inTurn = (controls: readonly AnyControl[]) =>
  controls.toSorted(
    (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.id.localeCompare(b.id),
  );

const idsOf = (controls: readonly AnyControl[]) => controls.map(({ id }) => id);

class Reconciliation {
  #subject: Subject;
  readonly #siblings: readonly AnyControl[];
  readonly #cause: Cause;
  readonly #engine: Engine;
  readonly #approved: Remediation | null;
  readonly #holder = randomUUID();
  #leased = false;
  #look: Look;
  /** The remediation that last changed the resource in this run; it may have put a sibling control's drift right too. */
  #lastRemediationId: string | null = null;

  constructor(
    subject: Subject & Required<Pick<Subject, 'siblings'>>,
    cause: Cause,
    engine: Engine,
    approved: Remediation | null,
  ) {
    this.#subject = subject;
    this.#siblings = subject.siblings;
    this.#cause = cause;
    this.#engine = engine;
    this.#approved = approved;
    this.#look = new Look(subject, cause, engine);
  }

  async run(): Promise<readonly Result[]> {
    const { known, controls } = this.#subject;
    try {
      await this.#look.begin(known);
      // A listing may be minutes old: it is enough to see that all is well, and never enough to act on.
      if (known !== undefined && !this.#allWell()) await this.#look.begin();
      return await (this.#wantsLease() ? this.#underLease() : this.#settleAll());
    } catch (error) {
      await alarm(this.#engine, error);
      return controls.map((control) => this.#look.result(control, { outcome: 'failed', error: messageOf(error) }));
    }
  }

  /** Works as the resource's only writer, and looks again for as long as others have left their mark. */
  async #underLease(): Promise<readonly Result[]> {
    const { ledger } = this.#engine;
    const { key } = this.#look;
    let results: readonly Result[] = [];
    try {
      const claim = { wants: idsOf(this.#subject.controls), covers: idsOf(this.#siblings) };
      this.#leased = await ledger.acquire(key, this.#holder, claim);
      if (!this.#leased) return await this.#settleAll();
      for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
        this.#look = new Look(this.#subject, this.#cause, this.#engine);
        await this.#look.begin();
        await closeOpenRecords(this.#look);
        results = merged(results, await this.#settleAll());
        const wanted = await ledger.release(key, this.#holder);
        if (wanted.length === 0) return results;
        this.#widen(wanted);
      }
      throw new Error(`others changed the resource ${MOST_LOOKS} times while it was worked on`);
    } catch (error) {
      // Where even this fails, the lease ends by itself, and the next look takes over what is left to do.
      await ledger.abandon(key, this.#holder).catch(() => {});
      if (results.length === 0) throw error;
      return results.map((result) => ({ ...result, outcome: 'failed', error: result.error ?? messageOf(error) }));
    }
  }

  /** The next look is also by the controls that others have asked for. */
  #widen(wanted: readonly string[]): void {
    const { controls } = this.#subject;
    const all = this.#siblings.filter((control) => controls.includes(control) || wanted.includes(control.id));
    this.#subject = { ...this.#subject, controls: all };
  }

  #allWell(): boolean {
    return this.#subject.controls.every((control) =>
      ['COMPLIANT', 'NOT_APPLICABLE'].includes(this.#verdict(control) ?? ''),
    );
  }

  /** True where something is wrong and a mode may let us act, or where a former run was cut off. */
  #wantsLease(): boolean {
    const { open, held, leftBehind } = this.#look.recollection;
    if (!isAtLeast(this.#engine.ceiling, 'approve')) return false;
    if (!held && (open.length > 0 || this.#siblings.some(({ id }) => leftBehind.includes(id)))) return true;
    const place = this.#look.place();
    return this.#subject.controls.some(
      (control) =>
        this.#verdict(control) === 'NON_COMPLIANT' && isAtLeast(this.#engine.policy.reach(control, place), 'approve'),
    );
  }

  #verdict(control: AnyControl) {
    try {
      return this.#look.judge(control).evaluation.complianceType;
    } catch {
      return null;
    }
  }

  async #settleAll(): Promise<readonly Result[]> {
    const first = this.#look.observation;
    const results: Result[] = [];
    for (const control of this.#subject.controls) results.push(await this.#settle(control, first));
    return this.#look.remembering(results);
  }

  /** Judges one control and brings it to its outcome. */
  async #settle(control: AnyControl, first: Observation): Promise<Result> {
    const look = this.#look;
    let seen: Partial<Result> = {};
    try {
      const before = look.judge(control, first);
      seen = { before: before.evaluation.complianceType, annotation: before.evaluation.annotation };
      const now = look.observation === first ? before : look.judge(control);
      const progress =
        now.evaluation.complianceType === 'NON_COMPLIANT'
          ? await this.#mend(control, now)
          : await this.#settled(control, before, now);
      return look.result(control, { ...seen, ...progress });
    } catch (error) {
      const failed: Progress = { ...seen, outcome: 'failed', error: messageOf(error) };
      await look.recordFailure(control, failed, []);
      return look.result(control, failed);
    }
  }

  /** Nothing to do: it is right, or a sibling's remediation in this run has just put it right. */
  async #settled(control: AnyControl, before: Judgement, now: Judgement): Promise<Progress> {
    const { complianceType, annotation } = now.evaluation;
    await this.#look.resolveFinding(control);
    if (before.evaluation.complianceType === 'NON_COMPLIANT')
      return {
        outcome: 'remediated',
        after: complianceType,
        annotation: before.evaluation.annotation,
        remediationId: this.#lastRemediationId,
      };
    const outcome = complianceType === 'COMPLIANT' ? 'compliant' : 'notApplicable';
    return { outcome, after: complianceType, annotation };
  }

  /** The approval holds for the plan that was approved and the state that it was made for, and while nobody has ended it. */
  #approvedFor(control: AnyControl, judgement: Judgement, plan: readonly Step[]): Remediation | null {
    const approved = this.#approved;
    if (approved === null || approved.controlId !== control.id) return null;
    const waits = this.#look.recollection.open.includes(approved.id);
    return waits && isMadeFor(approved, this.#look, judgement, plan) ? approved : null;
  }

  async #mend(control: AnyControl, judgement: Judgement): Promise<Progress> {
    const look = this.#look;
    const settings = look.settings(control);
    const plan = planOf(control, judgement, settings.parameters);
    const approved = this.#approvedFor(control, judgement, plan);
    const candidate = { look, control, plan, approved: approved !== null, leased: this.#leased };
    const { refusal, tags } = await refusalOf(candidate);
    const mode = look.mode(control, tags);
    const { annotation } = judgement.evaluation;
    const drift: Progress = {
      outcome: 'detected',
      before: 'NON_COMPLIANT',
      after: 'NON_COMPLIANT',
      mode,
      annotation,
      steps: plan.map(callOf),
    };
    const acts = refusal === null || refusal.outcome === 'awaitingApproval';
    if (acts && !this.#leased)
      return { ...drift, annotation: `Another run is at work on it and will look again. ${annotation}` };
    if (refusal === null) {
      const done = await remediate(look, control, judgement, plan, this.#holder, approved);
      this.#lastRemediationId = done.remediationId ?? null;
      return { ...done, mode };
    }
    if (refusal.outcome === 'awaitingApproval')
      return requestApproval(look, control, judgement, plan, drift, this.#approved);
    const { outcome, reason, by, quiet, stoppedBy, gate } = refusal;
    const words = (...parts: readonly (string | null | undefined)[]) => parts.filter(Boolean).join(' ');
    const refused = {
      ...drift,
      outcome,
      annotation: words(reason, by, annotation),
      ...(gate === undefined ? {} : { gate }),
    };
    await look.recordFinding(control, outcome, words(reason, annotation), async () => {
      if (!quiet) await look.tell(control, refused, plan, stoppedBy);
    });
    return refused;
  }
}

/** The last word on each control; but what was put right in an earlier look stays so. */
const merged = (earlier: readonly Result[], later: readonly Result[]): readonly Result[] =>
  later.map((result) => {
    const before = earlier.find(({ controlId }) => controlId === result.controlId);
    return before?.outcome === 'remediated' && result.outcome === 'compliant' ? before : result;
  });
