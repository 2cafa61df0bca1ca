import { shortened } from '../../control.ts';
import type { Detected, Detection } from '../../detection.ts';
import { hashOf } from '../../hash.ts';
import type { ResourceState } from '../../ledger/ledger.ts';
import type { Finding, Sightings } from '../../ledger/records.ts';
import { agreeing } from '../../text.ts';
import { DAY_MS, HOUR_MS } from '../../time.ts';

/** A finding ends when it was not seen again for this long. */
export const ENDS_AFTER_MS = 7 * DAY_MS;
/** Repeats are counted for this long before their number is notified. */
export const REPORT_AFTER_MS = HOUR_MS;
/** Events remembered of a finding: one that is redelivered after more than these counts as a repeat. */
const MAX_EVENTS = 20;
/** Maximum findings of one detection on one resource, since a ledger item is limited and strangers may cause ever new ones. */
const MAX_FINDINGS = 50;

/** The short hash by which an event is remembered. */
const eventHash = (eventId: string): string => hashOf(eventId).slice(0, 12);

const fingerprintOf = ({ fingerprint }: Detected): string => hashOf(fingerprint).slice(0, 16);
const keyOf = ({ id }: Detection, detected: Detected): string => `${id}#${fingerprintOf(detected)}`;

/** What an event adds to what is known. */
export interface SightingUpdate {
  readonly state: ResourceState;
  /** `known`: the same event came before, or it is a repeat that is counted and not notified yet. */
  readonly news: 'new' | 'report' | 'known';
  readonly finding: Finding;
}

/** The current finding of the same thing; null where there is none, or it has ended. */
function knownFinding(state: ResourceState, detection: Detection, detected: Detected, now: Date): Finding | null {
  const finding = state.findings[keyOf(detection, detected)];
  return finding === undefined || hasEnded(finding, now) ? null : finding;
}

/** True where this event was counted before. */
export function isCounted(
  state: ResourceState,
  detection: Detection,
  detected: Detected,
  eventId: string | null,
  now: Date,
): boolean {
  const events = knownFinding(state, detection, detected, now)?.sightings?.events ?? [];
  return eventId !== null && events.includes(eventHash(eventId));
}

/** The state with an event recorded. The first of its kind is new; others are counted, and the count of an hour is reported. Pure. */
export function withSighting(
  state: ResourceState,
  detection: Detection,
  detected: Detected,
  eventId: string | null,
  now: Date,
): SightingUpdate {
  const known = knownFinding(state, detection, detected, now);
  if (known !== null && isCounted(state, detection, detected, eventId, now))
    return { state, news: 'known', finding: known };
  const at = now.toISOString();
  const { repeats, since, events } = known?.sightings ?? NOT_SEEN;
  const sightings: Sightings = {
    repeats: known === null ? 0 : repeats + 1,
    since: known === null ? null : (since ?? at),
    events: eventId === null ? events : [...events, eventHash(eventId)].slice(-MAX_EVENTS),
  };
  const finding: Finding = {
    controlId: detection.id,
    severity: detection.severity,
    outcome: 'detected',
    annotation: shortened(detected.annotation),
    fingerprint: fingerprintOf(detected),
    firstSeen: known?.firstSeen ?? at,
    lastSeen: at,
    rejection: null,
    retryAt: null,
    deadline: null,
    blocked: null,
    sightings,
  };
  const news = known === null ? 'new' : isReportDue(finding, now) ? 'report' : 'known';
  const kept = news === 'report' ? reported(finding) : finding;
  const findings = { ...state.findings, [keyOf(detection, detected)]: kept };
  return { state: { ...state, findings: bounded(findings, detection) }, news, finding };
}

const NOT_SEEN: Sightings = { repeats: 0, since: null, events: [] };

/** At most MAX_FINDINGS of a detection: those seen longest ago are dropped first. */
function bounded(findings: ResourceState['findings'], { id }: Detection): ResourceState['findings'] {
  const own = Object.entries(findings).filter(([, { controlId }]) => controlId === id);
  const surplus = own
    .toSorted(([, a], [, b]) => (a.lastSeen < b.lastSeen ? -1 : 1))
    .slice(0, Math.max(own.length - MAX_FINDINGS, 0));
  const dropped = new Set(surplus.map(([key]) => key));
  return Object.fromEntries(Object.entries(findings).filter(([key]) => !dropped.has(key)));
}

/** The state without any finding of the detection: the resource is exempt from it. Pure. */
export function withoutFindings(state: ResourceState, { id }: Pick<Detection, 'id'>): ResourceState {
  const left = Object.entries(state.findings).filter(([, { controlId }]) => controlId !== id);
  return left.length === Object.keys(state.findings).length ? state : { ...state, findings: Object.fromEntries(left) };
}

/** What is due without an event: findings that have ended are removed, and counts of an hour are reported. Returns the same state where nothing is due. Pure. */
export function withTimePassed(
  state: ResourceState,
  now: Date,
): { readonly state: ResourceState; readonly reports: readonly Finding[] } {
  const reports: Finding[] = [];
  const findings: Record<string, Finding> = {};
  let isChanged = false;
  for (const [key, finding] of Object.entries(state.findings)) {
    const isDue = isReportDue(finding, now);
    if (isDue) reports.push(finding);
    isChanged ||= isDue || hasEnded(finding, now);
    if (!hasEnded(finding, now)) findings[key] = isDue ? reported(finding) : finding;
  }
  return { state: isChanged ? { ...state, findings } : state, reports };
}

/** True where a detection has a finding on the resource. */
export const hasDetections = ({ findings }: ResourceState): boolean =>
  Object.values(findings).some(({ sightings }) => sightings !== undefined);

/** True where a detection has something due. `now`: milliseconds since 1970. */
export const isDetectionDue = ({ findings }: ResourceState, now: number): boolean =>
  Object.values(findings).some((finding) => isReportDue(finding, new Date(now)) || hasEnded(finding, new Date(now)));

/** The sentence that reports counted repeats. */
export function reportOf({ annotation, sightings = NOT_SEEN }: Finding): string {
  const { repeats, since } = sightings;
  return shortened(`Seen ${repeats} more ${agreeing(repeats, 'time')} since ${since}. ${annotation}`);
}

const hasEnded = ({ sightings, lastSeen }: Finding, now: Date): boolean =>
  sightings !== undefined && Date.parse(lastSeen) <= now.getTime() - ENDS_AFTER_MS;

const isReportDue = ({ sightings }: Finding, now: Date): boolean =>
  sightings?.since != null && Date.parse(sightings.since) <= now.getTime() - REPORT_AFTER_MS;

const reported = (finding: Finding): Finding => ({
  ...finding,
  sightings: { ...(finding.sightings ?? NOT_SEEN), repeats: 0, since: null },
});
