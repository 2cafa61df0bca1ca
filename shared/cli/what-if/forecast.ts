import { type AnyControl, type Mode, SEVERITIES, type Severity } from '../../control.ts';
import type { Detection } from '../../detection.ts';
import type { Policy } from '../../policy/policy.ts';
import { DAY_MS } from '../../time.ts';
import { lastCounted } from '../costs/counts.ts';
import type { Activity, Group } from './activity.ts';
import type { Actor } from './actor.ts';
import { type Cost, costOf, countedFor } from './cost.ts';
import { emptyTally, type Outlook, type Tally } from './outlook.ts';
import type { EventCounts, LogReading } from './reading.ts';

/** What a control or detection would have had to do. */
export interface ControlRow extends Tally {
  readonly controlId: string;
  readonly severity: Severity;
  /** What the policy says where it says nothing of a particular resource. */
  readonly mode: Mode;
  readonly events: number;
  readonly resources: number;
}

/** The same for what one actor did. Findings are those of resources that it was the last to change. */
export type ActorRow = Group & Omit<Tally, 'notifications'>;

export interface Summary extends Readonly<EventCounts> {
  /** ISO 8601; null where no event has a time. */
  readonly first: string | null;
  readonly last: string | null;
  readonly days: number;
  readonly resources: number;
  /** Evaluations that events would have led to. */
  readonly looks: number;
  /** Of these, the evaluations of resources beyond those that are tracked. */
  readonly looksBeyond: number;
  /** Resources whose state was read; null where none was to be. */
  readonly read: number | null;
  /** Null where today's state was not read. */
  readonly calls: number | null;
  readonly notifications: number;
  readonly failures: number;
  /** Null where no event is of the account and within what was asked for: nothing says what a month would be like. */
  readonly cost: Cost | null;
}

/** All that a log and today's state say. */
export interface Forecast {
  /** The most severe first. */
  readonly controls: readonly ControlRow[];
  readonly actors: readonly ActorRow[];
  /** By actor: looks at resources, and what detections found. */
  readonly eventsBy: ReadonlyMap<Actor, number>;
  readonly summary: Summary;
}

export interface Sources {
  readonly activity: Activity;
  readonly reading: LogReading;
  /** Null where today's state is not read. */
  readonly outlook: Outlook | null;
  readonly controls: readonly AnyControl[];
  readonly detections: readonly Detection[];
  readonly policy: Policy;
  readonly failures: number;
}

/** No resource in particular. */
const NOWHERE = { ref: { resourceType: '', resourceId: '', accountId: '', region: '' }, arn: '', tags: null };

/** Adds up what was read of a log and of today's state. */
export function forecastOf(sources: Sources): Forecast {
  const { activity, outlook } = sources;
  const controls = controlRows(sources);
  const actors = [...activity.groups.values()].map((group): ActorRow => {
    const { notifications: _, ...tally } = outlook?.byGroup.get(group) ?? emptyTally();
    return { ...group, ...tally };
  });
  return {
    controls: controls.toSorted(bySeverity),
    actors: actors.toSorted((a, b) => bySeverity(a, b) || b.events - a.events),
    eventsBy: activity.eventsBy,
    summary: summaryOf(sources, controls),
  };
}

const bySeverity = (a: Group | ControlRow, b: Group | ControlRow): number =>
  SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.controlId.localeCompare(b.controlId);

function controlRows({ activity, outlook, policy, controls, detections }: Sources): readonly ControlRow[] {
  const events = new Map<string, number>();
  for (const group of activity.groups.values())
    events.set(group.controlId, (events.get(group.controlId) ?? 0) + group.events);
  const rowOf = (one: AnyControl | Detection, mode: Mode, resources: number, tally: Tally): ControlRow[] => {
    const count = events.get(one.id);
    return count === undefined
      ? []
      : [{ controlId: one.id, severity: one.severity, mode, events: count, resources, ...tally }];
  };
  return [
    ...controls.flatMap((control) => {
      const { mode } = policy.settingsFor(control, NOWHERE);
      const tally = outlook?.byControl.get(control.id) ?? emptyTally();
      return rowOf(control, mode, activity.resourcesBy.get(control.id) ?? 0, tally);
    }),
    ...detections.flatMap((detection) => {
      const { findings, notifications } = activity.sightingsOf(detection.id);
      return rowOf(detection, 'detect', findings, { ...emptyTally(), findings, notified: findings, notifications });
    }),
  ];
}

function summaryOf(sources: Sources, rows: readonly ControlRow[]): Summary {
  const { activity, reading, outlook, controls, detections, failures } = sources;
  const { period, counts } = reading;
  const ofDetections = rows.filter(({ controlId }) => detections.some(({ id }) => id === controlId));
  const detected = ofDetections.reduce((sum, row) => sum + row.notifications, 0);
  const sum = (name: 'remediated' | 'notified' | 'awaitingApproval') => rows.reduce((all, row) => all + row[name], 0);
  const outcomes = { remediated: sum('remediated'), notified: sum('notified') + sum('awaitingApproval') };
  const load = {
    period,
    looks: activity.looks,
    resources: activity.resources.size,
    regions: activity.regions.size,
    outcomes: outlook === null ? null : outcomes,
  };
  const timeOf = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  return {
    ...counts,
    first: timeOf(period?.first),
    last: timeOf(period?.last),
    days: period === null ? 0 : Math.round(((period.last - period.first) / DAY_MS) * 10) / 10,
    resources: activity.resources.size,
    looks: activity.looks,
    looksBeyond: activity.beyond,
    read: outlook?.read ?? null,
    calls: outlook?.calls ?? null,
    notifications: (outlook?.notifications ?? 0) + detected,
    failures,
    cost: hasCounted(counts) ? costOf(load, countedFor(lastCounted(), controls, detections)) : null,
  };
}

const hasCounted = ({ events, ofOtherAccounts, outsideScope }: Readonly<EventCounts>): boolean =>
  events > ofOtherAccounts + outsideScope;
