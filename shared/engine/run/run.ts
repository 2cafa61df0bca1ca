import { type AnyControl, type ComplianceType, type Context, type Mode, shortened } from '../../control.ts';
import type { ResourceState } from '../../ledger/ledger.ts';
import type { QueuedNotice } from '../../ledger/outbox.ts';
import type { Remediation } from '../../ledger/records.ts';
import type { Notice } from '../../notify/notifier.ts';
import { knownBy } from '../../notify/tags.ts';
import type { Place, Settings } from '../../policy/policy.ts';
import { type Ownership, readable, Unreadable, UnreadableError } from '../../resource.ts';
import { type Result, resultWithoutResource } from '../../result.ts';
import type { Step } from '../../step.ts';
import type { Cause, Engine, Subject } from '../context.ts';
import type { Draft } from './draft.ts';
import { contextOf, lastKnownBy } from './evaluation-context.ts';
import { isAtLeast, lower } from './modes.ts';
import { type NoticeDetails, queued } from './notices.ts';
import { type Evaluated, evaluate, type Observation, observe, readMore, readRelated } from './observation.ts';
import { type Planned, planNeeds, planOf } from './plan.ts';

/** Calls that create a resource; what brings tags creates none. */
const CREATING = /^(Allocate|Copy|Create|Import|Register|Restore|Run)(?!.*Tag)/;

/** What is known so far of a control's result on this resource. */
export type Progress = Pick<Result, 'outcome'> & Partial<Result>;

/** One run on one resource: its cause, its last observation, and what it has decided and not yet written. */
export class Run {
  readonly subject: Subject;
  readonly cause: Cause;
  readonly engine: Engine;
  readonly draft: Draft;
  observation: Observation;
  /** What AWS Config last knew of a resource that is gone and unknown to the ledger. */
  readonly configHistory: ResourceState['lastKnown'] | Unreadable | null;
  #ownership: Promise<Ownership> | undefined;
  /** The resource's tags, once they were read. */
  #tags: Ownership['tags'] | null = null;
  /** The notices that this run has queued and has to publish. */
  readonly notices: string[] = [];
  /** By control. */
  readonly #lastOutcomeAt = new Map<string, number>();
  /** Elements that AWS is still changing, each with the record of that change. */
  readonly pendingElements = new Map<string, Remediation>();
  /** By control: the plan that an interrupted run has made in part, and that this run finishes. */
  readonly unfinished = new Map<string, { readonly record: Remediation; readonly steps: readonly Step[] }>();

  constructor(
    subject: Subject,
    cause: Cause,
    engine: Engine,
    draft: Draft,
    observation: Observation,
    configHistory: ResourceState['lastKnown'] | Unreadable | null = null,
  ) {
    this.subject = subject;
    this.cause = cause;
    this.engine = engine;
    this.draft = draft;
    this.observation = observation;
    this.configHistory = configHistory;
  }

  /** All facets that the run's controls evaluate. */
  get facets(): readonly string[] {
    return facetsOf(this.subject.controls);
  }

  /** Begins a new round of reads. */
  async observe(names: readonly string[] = this.facets): Promise<void> {
    this.observation = await observe(this.subject, names, this.engine);
  }

  /** Reads further facets in the same round. */
  async readMore(names: readonly string[]): Promise<void> {
    this.observation = await readMore(this.subject, names, this.observation);
  }

  /** Reads what only this control's plan sees, in the same round. */
  async readForPlan(control: AnyControl): Promise<void> {
    await this.readMore(planNeeds(control));
    if (control.plan === undefined) return;
    const context = this.context(control);
    this.observation = await readRelated(control, this.subject.ref, this.observation, context);
  }

  now(): Date {
    return this.engine.clock.now();
  }

  place(): Omit<Place, 'tags'> {
    const { resource, ref } = this.subject;
    return { ref, arn: resource.arn(ref) };
  }

  /** The settings without the resource's tags, or by the tags that are given. */
  settings(control: AnyControl, tags: Place['tags'] = null): Settings {
    return this.engine.policy.settingsFor(control, { ...this.place(), tags });
  }

  context(control: AnyControl): Context {
    const history = this.configHistory instanceof Unreadable ? null : this.configHistory;
    const known = lastKnownBy(control, this.draft.state.lastKnown) ?? lastKnownBy(control, history);
    const { parameters } = this.settings(control);
    return contextOf(this.engine, parameters, known);
  }

  /** Throws UnreadableError. */
  evaluate(control: AnyControl, observation: Observation = this.observation): Evaluated {
    if (observation.gone && control.whenDeleted !== undefined) readable(this.configHistory);
    return evaluate(control, this.subject, observation, this.context(control));
  }

  /** What only the plan needs has to be read before. Throws UnreadableError. */
  plan(control: AnyControl, evaluated: Evaluated): Planned {
    return planOf(control, evaluated, this.observation, this.context(control));
  }

  /** The resource's owner, read once and only where it matters. Throws UnreadableError: no write without it. */
  ownership(): Promise<Ownership> {
    this.#ownership ??= this.#readOwnership();
    return this.#ownership;
  }

  /** The most that may be done about drift of this control, and the owner, read where a write is considered or the mode goes by tags. Where only a detection is at stake, tags that cannot be read leave the higher mode: drift is not passed over for want of them. Throws UnreadableError where a write is considered. */
  async allowed(control: AnyControl): Promise<{ readonly mode: Mode; readonly ownership: Ownership | null }> {
    const { policy, ceiling } = this.engine;
    const reach = policy.reach(control, this.place());
    const mayWrite = isAtLeast(reach, 'approve');
    if (!mayWrite && !policy.modeGoesByTags(control, this.place()))
      return { mode: modeOf(this, control, null), ownership: null };
    const ownership = await (mayWrite ? this.ownership() : this.ownership().catch(() => null));
    const mode = ownership === null ? lower(reach, ceiling) : modeOf(this, control, ownership.tags);
    return { mode, ownership };
  }

  async #readOwnership(): Promise<Ownership> {
    const { resource, ref } = this.subject;
    try {
      const ownership = (await resource.ownership?.read(this.observation.aws, ref)) ?? { tags: {}, service: null };
      this.#tags = ownership.tags;
      return ownership;
    } catch (cause) {
      throw new UnreadableError(`could not read the owner of ${ref.resourceId}`, { cause });
    }
  }

  /** When the resource was created, as the service or else the creating call says; null where nobody does. */
  async createdAt(): Promise<Date | null> {
    const { resource, ref } = this.subject;
    const said = await resource.createdAt?.(this.observation.aws, ref).catch(() => null);
    const { eventName, eventTime } = this.cause;
    const isByCall = eventName !== null && CREATING.test(eventName) && eventTime !== null;
    return said ?? (isByCall ? new Date(eventTime) : null);
  }

  /** A notice of a result, to be queued together with the state it is about. */
  notice(
    control: AnyControl,
    progress: Progress,
    rest: Partial<Pick<Notice, 'reversible'>> & NoticeDetails = {},
  ): QueuedNotice {
    const { reversible = true, isRetrying = false, ...others } = rest;
    const options = {
      reversible,
      ...others,
      ...(isRetrying ? { isRetrying } : {}),
      ...(this.#tags === null ? {} : { tags: knownBy(this.#tags) }),
    };
    const entry = {
      ...queued(this.result(control, progress), this.cause, this.now(), options),
      ...this.#owed(control),
    };
    this.notices.push(entry.id);
    return entry;
  }

  /** The same for those alone who follow each outcome; null where nobody does, or where the control is off for the resource. */
  quietNotice(control: AnyControl, progress: Progress, rest: Parameters<Run['notice']>[2] = {}): QueuedNotice | null {
    if (this.engine.sendOutcomes === undefined || progress.mode === 'off') return null;
    return { ...this.notice(control, progress, rest), quiet: true };
  }

  /** Of one finding a later outcome has a later time, also within a millisecond and by another clock. */
  #owed({ id }: AnyControl): Pick<QueuedNotice, 'outcome'> {
    if (this.engine.sendOutcomes === undefined) return {};
    const { firstSeen, sentAt = '' } = this.draft.state.findings[id] ?? {};
    const now = this.now();
    const time = Math.max(now.getTime(), (this.#lastOutcomeAt.get(id) ?? 0) + 1, (Date.parse(sentAt) || 0) + 1);
    this.#lastOutcomeAt.set(id, time);
    return { outcome: { time, firstSeen: firstSeen ?? now.toISOString() } };
  }

  result(control: AnyControl, { annotation = null, ...progress }: Progress): Result {
    const { ref } = this.subject;
    return resultWithoutResource(this.cause, {
      controlId: control.id,
      severity: control.severity,
      ...ref,
      mode: modeOf(this, control, null),
      ...progress,
      annotation: annotation === null ? null : shortened(annotation),
    });
  }
}

/** The mode that holds for a control: the policy's, limited by the ceiling of this run. */
export const modeOf = (run: Run, control: AnyControl, tags: Place['tags']): Mode =>
  lower(run.settings(control, tags).mode, run.engine.ceiling);

/** The facets that controls evaluate, each once. */
export const facetsOf = (controls: readonly AnyControl[]): readonly string[] => [
  ...new Set(controls.flatMap(({ needs }) => needs as readonly string[])),
];

/** The compliance type; null where it cannot be evaluated. */
export function complianceOf(run: Run, control: AnyControl): ComplianceType | null {
  try {
    return run.evaluate(control).evaluation.complianceType;
  } catch {
    return null;
  }
}
