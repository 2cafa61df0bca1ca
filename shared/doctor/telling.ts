import type { Trouble, Troubles } from '../ledger/troubles.ts';
import type { Announcement } from '../notify/notifier.ts';
import type { Diagnosis } from './diagnosis.ts';

const DAY = 86_400_000;
/** People are reminded of a trouble that lasts after this long. */
const REMIND_AFTER = 7 * DAY;
/** A trouble that comes again within this time is the same one: nobody is told of its coming and going. Only then is its end told. */
const SETTLED_AFTER = DAY;
/** The end of a trouble that nothing else was told after for so long is not told. */
const FORGOTTEN_AFTER = 30 * DAY;
/** So long whoever is to tell people has for it; then it is left to the next. */
const TELLING_TIME = 60_000;

/** What people have to be told together; each list may be empty, but not `begun` and `lasting` both. */
export interface Digest {
  readonly begun: readonly Trouble[];
  readonly lasting: readonly Trouble[];
  readonly ended: readonly Trouble[];
}

const keyOf = ({ what, about }: Pick<Trouble, 'what' | 'about'>) => JSON.stringify([what, about]);

/** What these examinations make of the troubles that are known, and what people have to be told: a trouble when it begins and every seven days while it lasts, its end with the next that is told. Troubles that other examinations find stay as they are. Pure. */
export function noted(
  troubles: Troubles,
  examined: readonly string[],
  diagnoses: readonly Diagnosis[],
  now: number,
): { readonly next: Troubles; readonly answer: Digest | null } {
  const found = new Map(diagnoses.filter(({ state }) => state === 'ill').map((one) => [keyOf(one), one]));
  const known = troubles.known.flatMap((trouble) => {
    const again = found.get(keyOf(trouble));
    if (again !== undefined) return isOver(trouble, now) ? [] : [{ ...trouble, ...wordsOf(again), endedAt: null }];
    if (!examined.includes(trouble.what)) return [trouble];
    if (trouble.endedAt !== null) return now - trouble.endedAt > FORGOTTEN_AFTER ? [] : [trouble];
    // Whoever was never told of it need not hear of its end.
    return trouble.toldAt === null ? [] : [{ ...trouble, endedAt: now }];
  });
  const before = new Set(known.map(keyOf));
  for (const [key, diagnosis] of found)
    if (!before.has(key)) known.push({ ...wordsOf(diagnosis), since: now, toldAt: null, endedAt: null });
  const digest = digestOf(known, now);
  const isLeftToAnother = troubles.tellingUntil !== null && troubles.tellingUntil > now;
  if (digest === null || isLeftToAnother) return { next: { ...troubles, known }, answer: null };
  return { next: { known, tellingUntil: now + TELLING_TIME }, answer: digest };
}

const isOver = ({ endedAt }: Trouble, now: number) => endedAt !== null && now - endedAt > SETTLED_AFTER;

const wordsOf = ({ what, about, says, mend }: Diagnosis) => ({ what, about, says, mend: mend ?? '' });

function digestOf(known: readonly Trouble[], now: number): Digest | null {
  const open = known.filter(({ endedAt }) => endedAt === null);
  const begun = open.filter(({ toldAt }) => toldAt === null);
  const lasting = open.filter(({ toldAt }) => toldAt !== null && now - toldAt >= REMIND_AFTER);
  const ended = known.filter((trouble) => isOver(trouble, now));
  return begun.length + lasting.length === 0 ? null : { begun, lasting, ended };
}

/** People were told of this digest; of what has ended, nothing more is said. Pure. */
export function told({ known }: Troubles, { begun, lasting, ended }: Digest, now: number): Troubles {
  const over = new Set(ended.map(keyOf));
  const keys = new Set([...begun, ...lasting].map(keyOf));
  const left = known.filter((one) => one.endedAt === null || !over.has(keyOf(one)));
  return { known: left.map((one) => (keys.has(keyOf(one)) ? { ...one, toldAt: now } : one)), tellingUntil: null };
}

/** The digest as one message. */
export function digestMessage({ begun, lasting, ended }: Digest): Announcement {
  const [first] = [...begun, ...lasting];
  const more = begun.length + lasting.length - 1;
  return {
    severity: 'HIGH',
    subject: `Evenkeel is not well: ${first?.what ?? ''}${more === 0 ? '' : ` and ${more} more`}`,
    text: [
      ...section('Found:', begun, (one) => ` (${one.what})`),
      ...section('Still so:', lasting, (one) => ` (${one.what}, since ${new Date(one.since).toISOString()})`),
      ...(ended.length === 0 ? [] : ['No more:', ...ended.map(({ says, what }) => `  ${says} (${what})`), '']),
      'See all of it:  npx evenkeel doctor',
    ].join('\n'),
  };
}

const section = (title: string, troubles: readonly Trouble[], about: (one: Trouble) => string) =>
  troubles.length === 0
    ? []
    : [title, ...troubles.flatMap((one) => [`  ${one.says}${about(one)}`, `    → ${one.mend}`]), ''];
