import type { Incident, Incidents } from '../ledger/incidents.ts';
import type { Announcement } from '../notify/notifier.ts';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import type { Diagnosis } from './diagnosis.ts';

/** People are reminded of an incident that lasts after this long. */
const RENOTIFY_AFTER_MS = 7 * DAY_MS;
/** An incident that comes again within this time is the same one: nobody is notified of its coming and going. Only then is its end notified. */
const SETTLED_AFTER_MS = DAY_MS;
/** The end of an incident after which nothing else was notified for so long is not notified. */
const FORGOTTEN_AFTER_MS = 30 * DAY_MS;
/** How long one run has to notify people; then it is left to the next. */
const NOTIFY_TIME_MS = MINUTE_MS;

/** What people have to be notified of together; each list may be empty, but not `begun` and `lasting` both. */
export interface Digest {
  readonly begun: readonly Incident[];
  readonly lasting: readonly Incident[];
  readonly ended: readonly Incident[];
}

const keyOf = ({ check, subject }: Pick<Incident, 'check' | 'subject'>) => JSON.stringify([check, subject]);

/** What these examinations make of the incidents that are known, and what people have to be notified of: an incident when it begins (unless they were notified of it elsewhere) and every seven days while it lasts, its end with the next notification. Incidents that other examinations find stay as they are. Pure. */
export function noted(
  incidents: Incidents,
  examined: readonly string[],
  diagnoses: readonly Diagnosis[],
  now: number,
): { readonly next: Incidents; readonly answer: Digest | null } {
  const found = new Map(
    diagnoses
      .filter(({ state, reminds }) => state === 'ill' || reminds === true)
      .map((one) => [keyOf(foundBy(one)), one]),
  );
  const known = incidents.known.flatMap((incident) => {
    const again = found.get(keyOf(incident));
    if (again !== undefined) return isOver(incident, now) ? [] : [{ ...incident, ...foundBy(again), endedAt: null }];
    if (!examined.includes(incident.check)) return [incident];
    if (incident.endedAt !== null) return now - incident.endedAt > FORGOTTEN_AFTER_MS ? [] : [incident];
    // Whoever was never notified of it need not hear of its end.
    return incident.notifiedAt === null ? [] : [{ ...incident, endedAt: now }];
  });
  const before = new Set(known.map(keyOf));
  for (const [key, one] of found)
    if (!before.has(key))
      known.push({ ...foundBy(one), since: now, notifiedAt: one.reminds === true ? now : null, endedAt: null });
  const digest = digestOf(known, now);
  const isLeftToAnother = incidents.notifyingUntil !== null && incidents.notifyingUntil > now;
  if (digest === null || isLeftToAnother) return { next: { ...incidents, known }, answer: null };
  return { next: { known, notifyingUntil: now + NOTIFY_TIME_MS }, answer: digest };
}

const isOver = ({ endedAt }: Incident, now: number) => endedAt !== null && now - endedAt > SETTLED_AFTER_MS;

const foundBy = ({ what, about, says, mend }: Diagnosis) => ({
  check: what,
  subject: about,
  message: says,
  remedy: mend ?? '',
});

function digestOf(known: readonly Incident[], now: number): Digest | null {
  const open = known.filter(({ endedAt }) => endedAt === null);
  const begun = open.filter(({ notifiedAt }) => notifiedAt === null);
  const lasting = open.filter(({ notifiedAt }) => notifiedAt !== null && now - notifiedAt >= RENOTIFY_AFTER_MS);
  const ended = known.filter((incident) => isOver(incident, now));
  return begun.length + lasting.length === 0 ? null : { begun, lasting, ended };
}

/** People were notified of this digest; of what has ended, nothing more is said. Pure. */
export function notified({ known }: Incidents, { begun, lasting, ended }: Digest, now: number): Incidents {
  const over = new Set(ended.map(keyOf));
  const keys = new Set([...begun, ...lasting].map(keyOf));
  const left = known.filter((one) => one.endedAt === null || !over.has(keyOf(one)));
  return { known: left.map((one) => (keys.has(keyOf(one)) ? { ...one, notifiedAt: now } : one)), notifyingUntil: null };
}

/** The digest as one message. */
export function digestMessage({ begun, lasting, ended }: Digest): Announcement {
  const [first] = [...begun, ...lasting];
  const more = begun.length + lasting.length - 1;
  return {
    severity: 'HIGH',
    subject: `Evenkeel is not well: ${first?.check ?? ''}${more === 0 ? '' : ` and ${more} more`}`,
    text: [
      ...section('Found:', begun, ({ check }) => ` (${check})`),
      ...section('Still so:', lasting, ({ check, since }) => ` (${check}, since ${new Date(since).toISOString()})`),
      ...(ended.length === 0 ? [] : ['No more:', ...ended.map(({ message, check }) => `  ${message} (${check})`), '']),
      'See all of it:  npx evenkeel doctor',
    ].join('\n'),
  };
}

const section = (title: string, incidents: readonly Incident[], about: (one: Incident) => string) =>
  incidents.length === 0
    ? []
    : [title, ...incidents.flatMap((one) => [`  ${one.message}${about(one)}`, `    → ${one.remedy}`]), ''];
