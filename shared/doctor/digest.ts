import type { Incident, Incidents } from '../ledger/incidents.ts';
import type { Announcement } from '../notify/notifier.ts';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import type { Diagnosis } from './diagnosis.ts';

/** How often people are reminded of an incident that lasts. */
const RENOTIFY_AFTER_MS = 7 * DAY_MS;
/** An incident that recurs within this time is the same one, so that flapping is not notified; after it, its end is notified. */
const SETTLED_AFTER_MS = DAY_MS;
/** The end of an incident is dropped where no other notification carried it within this time. */
const FORGOTTEN_AFTER_MS = 30 * DAY_MS;
/** How long a run has to notify people before the next one does it. */
const NOTIFY_TIMEOUT_MS = MINUTE_MS;

/** The incidents of one notification; each list may be empty, but not all. */
export interface Digest {
  readonly begun: readonly Incident[];
  readonly lasting: readonly Incident[];
  readonly ended: readonly Incident[];
}

const keyOf = ({ check, subject }: Pick<Incident, 'check' | 'subject'>) => JSON.stringify([check, subject]);

/** Updates the known incidents with the diagnoses of the checks named `checked`, and returns the digest that is due: an incident when it begins (unless people were notified of it elsewhere), every seven days while it lasts, and its end with the next digest, or by itself where it says so. Incidents of other checks stay as they are. Pure. */
export function recordDiagnoses(
  incidents: Incidents,
  checked: readonly string[],
  diagnoses: readonly Diagnosis[],
  now: number,
): { readonly next: Incidents; readonly answer: Digest | null } {
  const found = new Map(
    diagnoses
      .filter(({ status, wasNotified, isIncident }) => status === 'error' || wasNotified || isIncident)
      .map((one) => [keyOf(incidentOf(one)), one]),
  );
  const known = incidents.known.flatMap((incident) => {
    const again = found.get(keyOf(incident));
    if (again !== undefined) return isOver(incident, now) ? [] : [{ ...incident, ...incidentOf(again), endedAt: null }];
    if (!checked.includes(incident.check)) return [incident];
    if (incident.endedAt !== null) return now - incident.endedAt > FORGOTTEN_AFTER_MS ? [] : [incident];
    // The end of an incident that was never notified is not notified either.
    return incident.notifiedAt === null ? [] : [{ ...incident, endedAt: now }];
  });
  const before = new Set(known.map(keyOf));
  for (const [key, one] of found)
    if (!before.has(key))
      known.push({ ...incidentOf(one), since: now, notifiedAt: one.wasNotified === true ? now : null, endedAt: null });
  const digest = digestOf(known, now);
  const isAnotherNotifying = incidents.notifyingUntil !== null && incidents.notifyingUntil > now;
  if (digest === null || isAnotherNotifying) return { next: { ...incidents, known }, answer: null };
  return { next: { known, notifyingUntil: now + NOTIFY_TIMEOUT_MS }, answer: digest };
}

const isOver = ({ endedAt, announcesEnd }: Incident, now: number) =>
  endedAt !== null && (announcesEnd === true || now - endedAt > SETTLED_AFTER_MS);

const incidentOf = ({ check, subject, message, remedy, isIncident }: Diagnosis) => ({
  check,
  subject,
  message,
  remedy: remedy ?? '',
  ...(isIncident === true ? { announcesEnd: isIncident } : {}),
});

function digestOf(known: readonly Incident[], now: number): Digest | null {
  const open = known.filter(({ endedAt }) => endedAt === null);
  const begun = open.filter(({ notifiedAt }) => notifiedAt === null);
  const lasting = open.filter(({ notifiedAt }) => notifiedAt !== null && now - notifiedAt >= RENOTIFY_AFTER_MS);
  const ended = known.filter((incident) => isOver(incident, now));
  const isDue = begun.length + lasting.length > 0 || ended.some(({ announcesEnd }) => announcesEnd);
  return isDue ? { begun, lasting, ended } : null;
}

/** Records that people were notified of this digest, and forgets the incidents whose end it reported. Pure. */
export function recordNotified({ known }: Incidents, { begun, lasting, ended }: Digest, now: number): Incidents {
  const over = new Set(ended.map(keyOf));
  const keys = new Set([...begun, ...lasting].map(keyOf));
  const left = known.filter((one) => one.endedAt === null || !over.has(keyOf(one)));
  return { known: left.map((one) => (keys.has(keyOf(one)) ? { ...one, notifiedAt: now } : one)), notifyingUntil: null };
}

/** The digest as one notification. */
export function digestMessage({ begun, lasting, ended }: Digest): Announcement {
  const open = [...begun, ...lasting];
  const named = open.length > 0 ? open : ended;
  const more = named.length - 1;
  const what = `${named[0]?.check ?? ''}${more === 0 ? '' : ` and ${more} more`}`;
  return {
    severity: 'HIGH',
    kind: open.length > 0 ? 'attention' : 'recovered',
    subject: open.length > 0 ? `Evenkeel needs attention: ${what}` : `Resolved: ${what}`,
    text: [
      ...section('New:', begun, ({ check }) => ` (${check})`),
      ...section('Unresolved:', lasting, ({ check, since }) => ` (${check}, since ${new Date(since).toISOString()})`),
      ...(ended.length === 0 ? [] : ['Resolved:', ...ended.map(({ message, check }) => `  ${message} (${check})`), '']),
      'See all checks:  npx evenkeel doctor',
    ].join('\n'),
  };
}

const section = (title: string, incidents: readonly Incident[], about: (one: Incident) => string) =>
  incidents.length === 0
    ? []
    : [title, ...incidents.flatMap((one) => [`  ${one.message}${about(one)}`, `    → ${one.remedy}`]), ''];
