import { parseArn } from '../aws/arn.ts';
import type { Severity } from '../control.ts';
import type { Who } from './message.ts';

/** SNS sends it as the mail's subject, and accepts fewer than 100. */
const MAX_CHARACTERS = 99;
const MAX_ACTOR_CHARACTERS = 24;
/** However long the rest is, this much of the resource is shown. */
const MIN_RESOURCE_CHARACTERS = 12;
/** With fewer, what is left of a control tells nothing. */
const MIN_CONTROL_CHARACTERS = 10;
const MAX_REGION_CHARACTERS = 20;

/** What a subject is made of. */
export interface SubjectParts {
  readonly severity: Severity;
  readonly headline: string;
  readonly resourceId: string;
  readonly name: string | null;
  readonly region: string | null;
  readonly who: Who | null;
  /** The controls. */
  readonly which: string;
}

/** The subject of a message about a resource: what distinguishes it from others comes first and is never cut off by what follows. */
export function subjectOf({ severity, headline, resourceId, name, region, who, which }: SubjectParts): string {
  const before = `[${severity}] ${headline}: `;
  const where = region === null ? '' : ` in ${cut(ascii(region), MAX_REGION_CHARACTERS)}`;
  const actor = actorOf(who);
  const by = actor === null ? '' : ` by ${cut(ascii(actor), MAX_ACTOR_CHARACTERS)}`;
  const room = Math.max(MAX_CHARACTERS - before.length - where.length - by.length, MIN_RESOURCE_CHARACTERS);
  const text = `${before}${resourceIn(shortId(resourceId), name, room)}${where}${by}`;
  return asciiSubject(text.length + MIN_CONTROL_CHARACTERS > MAX_CHARACTERS ? text : `${text} (${which})`);
}

/** The text as SNS accepts it as a subject. */
export const asciiSubject = (text: string): string => cut(ascii(text), MAX_CHARACTERS);

/** Letters lose their marks; what has no like in ASCII is a question mark. */
const ascii = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '?');
const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 3)}...`);

/** The name with the id; where there is no room for both, the id of one that has no name, or none that ASCII can show. */
function resourceIn(id: string, name: string | null, room: number): string {
  if (name === null || name === id || !/[a-z0-9]/i.test(ascii(name))) return cut(ascii(id), room);
  const both = `${ascii(name)} (${ascii(id)})`;
  return both.length <= room ? both : cut(ascii(name), room);
}

/** An ARN without what all ARNs of an account and region begin with. */
const shortId = (id: string): string => parseArn(id)?.resource ?? id;

/** A person by the session where it is an address, which says more than the role; else both. */
function actorOf(who: Who | null): string | null {
  if (who === null) return null;
  const { actor, principal, session } = who;
  if (session?.includes('@')) return session;
  return principal === null ? actor : [principal, session].filter((part) => part !== null).join('/');
}
