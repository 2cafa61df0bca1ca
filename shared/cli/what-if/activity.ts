import type { Severity } from '../../control.ts';
import type { Subject } from '../../engine/context.ts';
import type { DetectedRecord } from '../../engine/intake/detect.ts';
import type { ResourceRef } from '../../resource.ts';
import { HOUR_MS } from '../../time.ts';
import { type Actor, actorKey } from './actor.ts';

/** Maximum resources that are tracked one by one: some 50 MB. What is beyond is counted as events, and not read. */
export const MAX_RESOURCES = 50_000;
/** Maximum actors that are tracked; those that come after them count as one. */
export const MAX_ACTORS = 1_000;
/** Maximum detections that are tracked, each in its hours. */
const MAX_SIGHTINGS = 50_000;

const OTHERS: Actor = { kind: 'unknown', name: 'others', tool: null };

/** What one actor did that concerns one control or detection. */
export interface Group {
  readonly controlId: string;
  readonly severity: Severity;
  readonly actor: Actor;
  events: number;
  resources: number;
}

/** What of a group concerns one resource. */
interface Touch {
  events: number;
  /** Milliseconds since 1970. */
  last: number;
}

/** A resource that events named. */
export interface Touched {
  subject: Subject;
  /** How often it would have been evaluated: once an event. */
  looks: number;
  readonly touches: Map<Group, Touch>;
}

/** The resource's group that last did something which concerns the control. */
export function lastGroupOf({ touches }: Touched, controlId: string): Group | null {
  let found: readonly [Group, Touch] | null = null;
  for (const entry of touches)
    if (entry[0].controlId === controlId && (found === null || entry[1].last > found[1].last)) found = entry;
  return found?.[0] ?? null;
}

/** What a log says that concerns controls, in bounded memory however long it is. */
export class Activity {
  readonly groups = new Map<string, Group>();
  readonly resources = new Map<string, Touched>();
  /** By control: the resources that are tracked. */
  readonly resourcesBy = new Map<string, number>();
  /** By actor: looks, and what detections found. */
  readonly eventsBy = new Map<Actor, number>();
  readonly regions = new Set<string>();
  /** Evaluations that events asked for, those of resources beyond the maximum included. */
  looks = 0;
  /** Of these, the looks at resources beyond the first ones. */
  beyond = 0;
  readonly #actors = new Map<string, Actor>();
  /** By detection: what was found, and how many notifications that is. */
  readonly #sightings = new Map<string, Set<string>>();
  readonly #hours = new Map<string, Set<string>>();

  /** Counts that an event names a resource. `at`: milliseconds since 1970. */
  touch(subject: Subject, actor: Actor, at: number): void {
    this.looks += 1;
    this.regions.add(subject.ref.region);
    const groups = subject.controls.map((control) => this.#groupOf(control, actor));
    for (const group of groups) group.events += 1;
    this.#countActor(groups[0]);
    const resource = this.#resourceOf(subject);
    if (resource === null) {
      this.beyond += 1;
      return;
    }
    resource.looks += 1;
    for (const group of groups) {
      const touch = resource.touches.get(group);
      if (touch === undefined) {
        const { controlId } = group;
        if (lastGroupOf(resource, controlId) === null)
          this.resourcesBy.set(controlId, (this.resourcesBy.get(controlId) ?? 0) + 1);
        group.resources += 1;
        resource.touches.set(group, { events: 1, last: at });
      } else {
        touch.events += 1;
        touch.last = Math.max(touch.last, at);
      }
    }
  }

  /** Counts what a detection finds in an event. */
  detect({ detection, detected, ref }: DetectedRecord, actor: Actor, at: number): void {
    const group = this.#groupOf(detection, actor);
    this.regions.add(ref.region);
    group.events += 1;
    this.#countActor(group);
    const what = JSON.stringify([ref.accountId, ref.resourceId, detected.fingerprint]);
    const sightings = memberOf(this.#sightings, detection.id);
    if (sightings.size < MAX_SIGHTINGS && !sightings.has(what)) {
      sightings.add(what);
      group.resources += 1;
    }
    const hours = memberOf(this.#hours, detection.id);
    if (hours.size < MAX_SIGHTINGS) hours.add(`${Math.floor(at / HOUR_MS)} ${what}`);
  }

  /** Of a detection: what it found, each once, and the notifications of it, at most one an hour for each. */
  sightingsOf(detectionId: string): { readonly findings: number; readonly notifications: number } {
    return {
      findings: this.#sightings.get(detectionId)?.size ?? 0,
      notifications: this.#hours.get(detectionId)?.size ?? 0,
    };
  }

  #countActor(group: Group | undefined): void {
    if (group !== undefined) this.eventsBy.set(group.actor, (this.eventsBy.get(group.actor) ?? 0) + 1);
  }

  #groupOf({ id, severity }: { readonly id: string; readonly severity: Severity }, named: Actor): Group {
    const actor = this.#known(named);
    const key = `${id} ${actorKey(actor)}`;
    const known = this.groups.get(key);
    if (known !== undefined) return known;
    const group = { controlId: id, severity, actor, events: 0, resources: 0 };
    this.groups.set(key, group);
    return group;
  }

  #known(actor: Actor): Actor {
    const key = actorKey(actor);
    const known = this.#actors.get(key);
    if (known !== undefined) return known;
    if (this.#actors.size >= MAX_ACTORS) return OTHERS;
    this.#actors.set(key, actor);
    return actor;
  }

  /** Null where there are too many already. */
  #resourceOf(subject: Subject): Touched | null {
    const key = keyOf(subject.ref);
    const known = this.resources.get(key);
    if (known === undefined) {
      if (this.resources.size >= MAX_RESOURCES) return null;
      const made: Touched = { subject, looks: 0, touches: new Map() };
      this.resources.set(key, made);
      return made;
    }
    const missing = subject.controls.filter((control) => !known.subject.controls.includes(control));
    if (missing.length > 0) known.subject = { ...known.subject, controls: [...known.subject.controls, ...missing] };
    return known;
  }
}

const keyOf = ({ resourceType, accountId, region, resourceId }: ResourceRef): string =>
  JSON.stringify([resourceType, accountId, region, resourceId]);

function memberOf(sets: Map<string, Set<string>>, name: string): Set<string> {
  const known = sets.get(name) ?? new Set();
  sets.set(name, known);
  return known;
}
