import { isRegionName } from '../../aws/region-names.ts';
import type { AnyControl } from '../../control.ts';
import type { Detection } from '../../detection.ts';
import type { Subject } from '../../engine/context.ts';
import { LookUpFailedError } from '../../engine/errors.ts';
import type { DetectedRecord } from '../../engine/intake/detect.ts';
import { foreignOwnerOf } from '../../engine/intake/ownership.ts';
import { type Change, changesIn } from '../../engine/intake/parse-event.ts';
import { type RouteContext, route } from '../../engine/intake/route.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Trigger } from '../../resource.ts';
import type { Activity } from './activity.ts';
import { actorOf } from './actor.ts';

/** An earlier time is no event's: one of 1970 would make a log's period half a century. */
const CLOUDTRAIL_BEGAN = Date.parse('2013-11-13');

/** Between which times, and where, events are counted; null for anywhere. */
export interface Scope {
  /** Milliseconds since 1970; `to` excluded. */
  readonly from: number;
  readonly to: number;
  readonly region: string | null;
}

/** What a log is read with. */
export interface ReadingContext extends Omit<RouteContext, 'detections'> {
  readonly detections: readonly Detection[];
  readonly policy: Policy;
  readonly scope: Scope;
  /** The account that the log is taken for, whatever it says itself; nothing is looked up then. */
  readonly takenFor: string | null;
}

/** What became of the events of a log. */
export interface EventCounts {
  events: number;
  concerned: number;
  /** Calls that a control wants to hear of, and that AWS refused. */
  refused: number;
  ofOtherAccounts: number;
  outsideScope: number;
  /** Events whose resources only a look-up tells. */
  notLookedUp: number;
}

/** An event that could not be read, or a look-up that failed. */
export type OnFailure = (where: string, error: string) => void;

type Found = Pick<Awaited<ReturnType<typeof route>>, 'subjects' | 'detected' | 'unreadable'>;

/** Brings the events of a log, one by one, to the controls that they concern. */
export class LogReading {
  readonly counts: EventCounts = {
    events: 0,
    concerned: 0,
    refused: 0,
    ofOtherAccounts: 0,
    outsideScope: 0,
    notLookedUp: 0,
  };
  /** The first and the last event, milliseconds since 1970; null before there is one. */
  period: { readonly first: number; readonly last: number } | null = null;
  readonly #activity: Activity;
  readonly #context: ReadingContext;
  readonly #onFailure: OnFailure;
  readonly #wanted: ReadonlySet<string>;
  readonly #hearsAll: boolean;

  constructor(activity: Activity, context: ReadingContext, onFailure: OnFailure) {
    this.#activity = activity;
    this.#context = context;
    this.#onFailure = onFailure;
    this.#wanted = wantedBy(context);
    this.#hearsAll = context.detections.some(({ triggers }) => triggers.some(({ kind }) => kind === 'anyCall'));
  }

  /** Counts what one value of a log says. */
  async take(value: unknown, where: string): Promise<void> {
    for (const change of changesIn(value)) {
      const pending = this.#take(change, where);
      if (pending !== null) await pending;
    }
  }

  #take(change: Change, where: string): Promise<void> | null {
    if (change.kind === 'unreadable') {
      this.#onFailure(where, change.error.message);
      return null;
    }
    const { counts } = this;
    counts.events += 1;
    if (!this.#isInScope(change)) {
      counts.outsideScope += 1;
      return null;
    }
    const own = this.#ownFor(change);
    if (change.kind !== 'other' && change.accountIds.some((accountId) => accountId !== own)) {
      counts.ofOtherAccounts += 1;
      return null;
    }
    return this.#concerns(change) ? this.#count(change, own, where) : null;
  }

  #isInScope(change: Change): boolean {
    const { from, to, region } = this.#context.scope;
    const at = timeOf(change);
    if (at !== null && (at < from || at >= to)) return false;
    const where = regionOf(change);
    if (region !== null && where !== null && where !== region) return false;
    if (at !== null && at >= CLOUDTRAIL_BEGAN)
      this.period = { first: Math.min(at, this.period?.first ?? at), last: Math.max(at, this.period?.last ?? at) };
    return true;
  }

  /** The account whose events count: of a log that is taken for one of some account, the account that each event names. */
  #ownFor(change: Change): string {
    const { takenFor, fallback } = this.#context;
    return takenFor === null ? fallback.accountId : (change.accountIds[0] ?? takenFor);
  }

  /** False for most of a log, which is not printed. */
  #concerns(change: Change): boolean {
    if (change.kind === 'call')
      return this.#hearsAll || this.#wanted.has(`${change.record.eventSource} ${change.record.eventName}`);
    if (change.kind === 'event') return this.#wanted.has(`${change.record.source} ${change.record.detailType}`);
    return change.kind === 'resource' || change.kind === 'recheck';
  }

  async #count(change: Change, own: string, where: string): Promise<void> {
    const { controls, ...context } = this.#context;
    const isWanted =
      change.kind !== 'call' || this.#wanted.has(`${change.record.eventSource} ${change.record.eventName}`);
    const fallback = { ...context.fallback, accountId: own };
    const found = await route(change, { ...context, fallback, controls: isWanted ? controls : [] });
    if (isWanted && change.kind === 'call' && change.record.errorCode !== null) this.counts.refused += 1;
    const subjects = found.subjects.filter(({ ref }) => isRegionName(ref.region) && foreignOwnerOf(ref, own) === null);
    const touched = subjects.map((subject) => this.#enabled(subject)).filter(({ controls }) => controls.length > 0);
    const detected = found.detected.filter((one) => this.#isEnabled(one));
    this.#add(change, { subjects: touched, detected, unreadable: found.unreadable }, where);
  }

  #add(change: Change, { subjects, detected, unreadable }: Found, where: string): void {
    const actor = actorOf(change.attribution);
    const at = timeOf(change) ?? 0;
    if (subjects.length + detected.length > 0) this.counts.concerned += 1;
    for (const subject of subjects) this.#activity.touch(subject, actor, at);
    for (const one of detected) this.#activity.detect(one, actor, at);
    for (const error of unreadable) {
      if (error instanceof LookUpFailedError && this.#context.takenFor !== null) this.counts.notLookedUp += 1;
      else this.#onFailure(where, error.message);
    }
  }

  /** With the controls that are on; of a log that is taken for one of some account, as a resource of that. */
  #enabled(subject: Subject): Subject {
    const { policy, takenFor } = this.#context;
    const ref = takenFor === null ? subject.ref : { ...subject.ref, accountId: takenFor };
    const place = { ref, arn: subject.resource.arn(ref) };
    const isOn = (control: AnyControl) => policy.reach(control, place) !== 'off';
    return { ...subject, ref, controls: subject.controls.filter(isOn) };
  }

  #isEnabled({ detection, ref }: DetectedRecord): boolean {
    const place = { ref, arn: detection.arn?.(ref) ?? ref.resourceId };
    return isRegionName(ref.region) && this.#context.policy.reach(detection, place) !== 'off';
  }
}

/** The calls and events that a control, or a detection that names some, wants to hear of. */
function wantedBy({ controls, detections }: Pick<ReadingContext, 'controls' | 'detections'>): ReadonlySet<string> {
  const triggers = [
    ...controls.flatMap(({ resource }) => resource.triggers),
    ...detections.flatMap((one) => one.triggers),
  ];
  return new Set(triggers.flatMap(namesOf));
}

function namesOf(trigger: Trigger | Detection['triggers'][number]): readonly string[] {
  if (trigger.kind === 'anyCall') return [];
  if (trigger.kind === 'event') return [`${trigger.source} ${trigger.detailType}`];
  return trigger.eventSources.flatMap((source) => trigger.eventNames.map((name) => `${source} ${name}`));
}

/** Null where an event does not say. */
function timeOf({ eventTime }: Change): number | null {
  const at = eventTime === null ? Number.NaN : Date.parse(eventTime);
  return Number.isNaN(at) ? null : at;
}

function regionOf(change: Change): string | null {
  if (change.kind === 'call' || change.kind === 'event') return change.record.region || null;
  return change.kind === 'resource' || change.kind === 'recheck' ? change.resource.region || null : null;
}
