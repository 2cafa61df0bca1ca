import { type AnyControl, type Context, type Mode, shortened } from '../../control.ts';
import type { ResourceState } from '../../ledger/ledger.ts';
import type { Remediation } from '../../ledger/records.ts';
import type { Notice } from '../../notify/notifier.ts';
import type { Place, Settings } from '../../policy/policy.ts';
import { type Ownership, readable, Unreadable } from '../../resource.ts';
import { type Result, resultWithoutResource } from '../../result.ts';
import type { Cause, Engine, Subject } from '../context.ts';
import type { Draft } from './draft.ts';
import { lower } from './modes.ts';
import { queued } from './notices.ts';
import { type Evaluated, evaluate, type Observation, observe, readMore, readRelated } from './observation.ts';
import { type Planned, planNeeds, planOf } from './plan.ts';

/** What is known of a control on this resource; `before`, `after` and the rest where they are known. */
export type Progress = Pick<Result, 'outcome'> & Partial<Result>;

/** One run on one resource: who asks, what was read of it last, and what was decided and not yet written. */
export class Run {
  readonly subject: Subject;
  readonly cause: Cause;
  readonly engine: Engine;
  readonly draft: Draft;
  observation: Observation;
  /** What AWS Config last knew of a resource that is gone and of which the ledger knows nothing. */
  readonly configHistory: ResourceState['lastKnown'] | Unreadable | null;
  #ownership: Promise<Ownership> | undefined;
  /** The notices of this run, which nobody else publishes. */
  readonly notices: string[] = [];
  /** What records that AWS is still at work on change, by element. */
  readonly pendingElements = new Map<string, Remediation>();

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

  /** All facets that the controls of this run are evaluated by. */
  get facets(): readonly string[] {
    return facetsOf(this.subject.controls);
  }

  /** Reads again what the controls of this run need. */
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

  /** The settings by what is known without reading tags, or by the tags that are given. */
  settings(control: AnyControl, tags: Place['tags'] = null): Settings {
    return this.engine.policy.settingsFor(control, { ...this.place(), tags });
  }

  context(control: AnyControl): Context {
    const lastKnown = this.draft.state.lastKnown;
    const history = this.configHistory instanceof Unreadable ? null : this.configHistory;
    const known = Object.keys(lastKnown).length > 0 ? lastKnown : history;
    return { parameters: this.settings(control).parameters, now: this.now(), lastKnown: known } as Context;
  }

  /** Throws UnreadableError. */
  evaluate(control: AnyControl, observation: Observation = this.observation): Evaluated {
    if (observation.gone && control.whenDeleted !== undefined) readable(this.configHistory);
    return evaluate(control, this.subject, observation, this.context(control));
  }

  /** Throws UnreadableError. What only the plan needs has to be read before. */
  plan(control: AnyControl, evaluated: Evaluated): Planned {
    return planOf(control, evaluated, this.observation, this.context(control));
  }

  /** Whose resource it is, read once and only where a write is in question. Throws the SDK's own error: whose it is must be known. */
  ownership(): Promise<Ownership> {
    const { resource, ref } = this.subject;
    this.#ownership ??=
      resource.ownership?.read(this.observation.aws, ref) ?? Promise.resolve({ tags: {}, service: null });
    return this.#ownership;
  }

  /** A notice of a result, to be queued with the state that it speaks of. */
  notice(
    control: AnyControl,
    progress: Progress,
    rest: { readonly reversible?: boolean; readonly stoppedBy?: Notice['stoppedBy'] } = {},
  ) {
    const { reversible = true, stoppedBy } = rest;
    const options = { reversible, ...(stoppedBy === undefined ? {} : { stoppedBy }) };
    const entry = queued(this.result(control, progress), this.cause, this.now(), options);
    this.notices.push(entry.id);
    return entry;
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

/** The mode that holds for a control: the policy's, and never above what this run may do. */
export const modeOf = (run: Run, control: AnyControl, tags: Place['tags']): Mode =>
  lower(run.settings(control, tags).mode, run.engine.ceiling);

/** The facets that controls are evaluated by, each once. */
export const facetsOf = (controls: readonly AnyControl[]): readonly string[] => [
  ...new Set(controls.flatMap(({ needs }) => needs as readonly string[])),
];
