import { type AnyControl, type Mode, type Step, shortened } from '../../control.ts';
import { hashOf } from '../../ledger/chain.ts';
import type { Finding, Recollection } from '../../ledger/ledger.ts';
import { resourceKey } from '../../ledger/ledger.ts';
import type { Notice } from '../../notify/notifier.ts';
import type { Place, Settings } from '../../policy/policy.ts';
import type { Ownership } from '../../resource.ts';
import type { Outcome, Result } from '../../result.ts';
import type { Cause, Engine, Subject } from '../context.ts';
import { messageOf, UnreadableStateError } from '../errors.ts';
import { lower } from './modes.ts';
import { type Judgement, judge, type Observation, observe } from './observation.ts';

/** What is known of a control on this resource; `before`, `after` and the rest where they are known. */
export type Progress = Pick<Result, 'outcome'> & Partial<Result>;

/** An event is young for so long after its call, in milliseconds. */
const YOUNG = 60_000;
/** Waits before a resource of a young event is taken to be gone, in milliseconds. */
const VISIBILITY_DELAYS = [500, 1500];

/** One look at one resource: what the ledger remembers of it, what it reads as, and what is told of it. */
export class Look {
  readonly subject: Subject;
  readonly cause: Cause;
  readonly engine: Engine;
  readonly key: string;
  readonly facets: readonly string[];
  recollection: Recollection = {
    findings: [],
    lastKnown: null,
    open: [],
    flaps: new Map(),
    held: false,
    leftBehind: [],
  };
  observation: Observation = { gone: false, facets: {}, unreadable: {} };
  #ownership: Ownership | undefined;
  /** Why nobody could say what the resource, which is gone, was like. */
  #forgotten: UnreadableStateError | null = null;

  constructor(subject: Subject, cause: Cause, engine: Engine) {
    this.subject = subject;
    this.cause = cause;
    this.engine = engine;
    this.key = resourceKey(subject.resource.service, subject.ref);
    this.facets = [...new Set(subject.controls.flatMap((control) => control.needs as string[]))];
  }

  /** Recalls and reads. `known` saves reads where a listing has just read the same. */
  async begin(known?: Subject['known']): Promise<void> {
    const { resource, ref, controls } = this.subject;
    this.recollection = await this.engine.ledger.recall(this.key);
    await this.observe(known);
    await this.#awaitVisibility();
    const guarded = controls.some((control) => control.whenDeleted !== undefined);
    const asks = guarded && this.observation.gone && this.recollection.lastKnown === null;
    if (!asks || resource.lastKnown === undefined) return;
    try {
      const lastKnown = await resource.lastKnown.read(this.engine.aws(ref.region), ref);
      this.recollection = { ...this.recollection, lastKnown };
    } catch (cause) {
      const message = `could not read what was last known of ${ref.resourceId}: ${messageOf(cause)}`;
      this.#forgotten = new UnreadableStateError(message, { cause });
    }
  }

  /** Something that was made a moment ago may not be visible yet. */
  async #awaitVisibility(): Promise<void> {
    const { eventTime } = this.cause;
    const young = eventTime !== null && Math.abs(this.now().getTime() - Date.parse(eventTime)) < YOUNG;
    for (const delay of young ? VISIBILITY_DELAYS : []) {
      if (!this.observation.gone) return;
      await this.engine.clock.sleep(delay);
      await this.observe();
    }
  }

  async observe(known?: Subject['known']): Promise<void> {
    this.observation = await observe(this.subject, this.facets, this.engine, known);
  }

  judge(control: AnyControl, observation = this.observation): Judgement {
    if (observation.gone && control.whenDeleted !== undefined && this.#forgotten !== null) throw this.#forgotten;
    const lastKnown = this.recollection.lastKnown as object | null;
    return judge(control, this.subject, observation, lastKnown, this.settings(control).parameters, this.now());
  }

  /** The settings by what is known without reading tags, or by the tags that are given. */
  settings(control: AnyControl, tags: Place['tags'] = null): Settings {
    return this.engine.policy.settingsFor(control, { ...this.place(), tags });
  }

  mode(control: AnyControl, tags: Place['tags'] = null): Mode {
    return lower(this.settings(control, tags).mode, this.engine.ceiling);
  }

  place(): Omit<Place, 'tags'> {
    const { resource, ref } = this.subject;
    return { ref, arn: resource.arn(ref) };
  }

  /** Whose resource it is, read once and only when somebody wants to write. Throws the SDK's own error: whose it is must be known. */
  async ownership(): Promise<Ownership> {
    const { resource, ref } = this.subject;
    this.#ownership ??= (await resource.ownership?.read(this.engine.aws(ref.region), ref)) ?? {
      tags: {},
      service: null,
    };
    return this.#ownership;
  }

  finding(control: AnyControl): Finding | undefined {
    return this.recollection.findings.find(({ controlId, status }) => controlId === control.id && status === 'open');
  }

  /** Opens or continues the finding; `tell` is called when it is new or has changed, so that nobody hears the same thing twice. */
  async recordFinding(
    control: AnyControl,
    outcome: Outcome,
    annotation: string,
    tell: () => Promise<void>,
  ): Promise<void> {
    const known = this.finding(control);
    const now = this.now().toISOString();
    // The text of an error differs from try to try: request ids, encoded messages.
    const toldBefore = known?.outcome === outcome && (outcome === 'failed' || known.annotation === annotation);
    if (!toldBefore) await tell();
    await this.engine.ledger.saveFinding(this.key, {
      controlId: control.id,
      ref: this.subject.ref,
      arn: this.place().arn,
      status: 'open',
      severity: control.severity,
      outcome,
      annotation,
      firstSeen: known?.firstSeen ?? now,
      lastSeen: now,
      timesSeen: (known?.timesSeen ?? 0) + 1,
      untold: null,
      rejection: known?.rejection ?? null,
    });
  }

  /** Keeps in mind that people have not heard of a remediation. */
  async recordUntold(control: AnyControl, { annotation, remediationId }: Progress): Promise<void> {
    await this.recordFinding(control, 'remediated', annotation ?? '', async () => {});
    const { findings } = await this.engine.ledger.recall(this.key);
    const finding = findings.find(({ controlId }) => controlId === control.id);
    if (finding !== undefined)
      await this.engine.ledger.saveFinding(this.key, { ...finding, untold: remediationId ?? null });
  }

  /** Closes the finding; first tells what a former run put right and could not tell. */
  async resolveFinding(control: AnyControl): Promise<void> {
    const known = this.finding(control);
    if (known === undefined) return;
    if (known.untold !== null) {
      const { outcome, annotation, untold } = known;
      await this.tell(control, { outcome, annotation, after: 'COMPLIANT', remediationId: untold }, []);
    }
    await this.engine.ledger.saveFinding(this.key, {
      ...known,
      status: 'resolved',
      lastSeen: this.now().toISOString(),
    });
  }

  /** A failure is told once and kept as a finding; where even that fails, the result still says `failed`, and the retry comes. */
  async recordFailure(control: AnyControl, failed: Progress, plan: readonly Step[]): Promise<void> {
    try {
      await this.recordFinding(control, 'failed', failed.error ?? '', () => this.tell(control, failed, plan));
    } catch {
      // The result carries the first error; a second one must not hide it.
    }
  }

  async tell(
    control: AnyControl,
    progress: Progress,
    plan: readonly Pick<Step, 'undo'>[],
    stoppedBy?: Notice['stoppedBy'],
  ): Promise<void> {
    const { resource, ref } = this.subject;
    await this.engine.notifier.tell({
      result: this.result(control, progress),
      control,
      consoleUrl: resource.consoleUrl(ref),
      attribution: this.cause.attribution,
      eventTime: this.cause.eventTime,
      reversible: plan.every((step) => step.undo !== undefined),
      ...(stoppedBy === undefined ? {} : { stoppedBy }),
    });
  }

  /** Keeps a state that is good by every control that would mend its deletion, so that it can be put back. Where it cannot be kept, those controls have failed. */
  async remembering(results: readonly Result[]): Promise<readonly Result[]> {
    const guarded = this.subject.controls.filter((control) => control.whenDeleted !== undefined);
    const good = guarded.every(({ id }) => results.some((r) => r.controlId === id && r.after === 'COMPLIANT'));
    const { gone, facets } = this.observation;
    if (guarded.length === 0 || !good || gone) return results;
    const { lastKnown } = this.recollection;
    const needed = guarded.flatMap((control) => control.needs as string[]).map((name) => [name, facets[name]]);
    const state = { ...(lastKnown as object | null), ...Object.fromEntries(needed) };
    if (hashOf(state) === hashOf(lastKnown)) return results;
    try {
      await this.engine.ledger.remember(this.key, state);
      return results;
    } catch (error) {
      const failed = { outcome: 'failed', error: `its good state could not be kept: ${messageOf(error)}` } as const;
      return results.map((result) =>
        guarded.some(({ id }) => id === result.controlId) ? { ...result, ...failed } : result,
      );
    }
  }

  now(): Date {
    return this.engine.clock.now();
  }

  result(control: AnyControl, progress: Progress): Result {
    const { ref } = this.subject;
    const { annotation = null } = progress;
    return {
      eventId: this.cause.eventId,
      eventName: this.cause.eventName,
      controlId: control.id,
      resourceType: ref.resourceType,
      resourceId: ref.resourceId,
      accountId: ref.accountId,
      region: ref.region,
      before: null,
      after: null,
      mode: this.mode(control),
      steps: [],
      remediationId: null,
      error: null,
      ...progress,
      annotation: annotation === null ? null : shortened(annotation),
    };
  }
}
