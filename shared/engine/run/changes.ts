import { isDeepStrictEqual } from 'node:util';
import { REASSIGNED_IDS } from './compact.ts';

/** A notification shows what changed; the record has it all. */
const MAX_CHANGES = 5;
const MAX_VALUE_CHARACTERS = 120;

/** What policies are made of: a topic's subscribers may not read them, and their values may be secret. */
const DOCUMENT = /polic|document|statement|principal|"(?:Effect|Condition)"|"\s*[{[]\s*\\"/i;

type Members = Readonly<Record<string, unknown>>;

/** The first differences of two recorded states, a line each, for people: `rules: removed {"CidrIpv4":"0.0.0.0/0"}`. Ignores fields of the names in `ignoring`. */
export function changesBetween(from: unknown, to: unknown, ignoring: readonly string[] = []): readonly string[] {
  const ignored = new Set([...REASSIGNED_IDS, ...ignoring]);
  const all = differences(without(from, ignored), without(to, ignored), []);
  const left = all.length - MAX_CHANGES;
  return left > 0 ? [...all.slice(0, MAX_CHANGES), `… and ${left} more`] : all;
}

const without = (value: unknown, names: ReadonlySet<string>): unknown =>
  JSON.parse(JSON.stringify(value ?? null, (name, member) => (names.has(name) ? undefined : member)));

function differences(from: unknown, to: unknown, path: readonly string[]): readonly string[] {
  if (isDeepStrictEqual(from, to)) return [];
  if (Array.isArray(from) && Array.isArray(to)) return ofLists(from, to, path);
  if (isMembers(from) && isMembers(to))
    return [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((name) =>
      differences(from[name], to[name], [...path, name]),
    );
  return [line(path, `${shown(from)} → ${shown(to)}`)];
}

/** Lists without regard to order. */
function ofLists(from: readonly unknown[], to: readonly unknown[], path: readonly string[]): readonly string[] {
  const missingIn = (list: readonly unknown[]) => (member: unknown) =>
    !list.some((one) => isDeepStrictEqual(one, member));
  const [removed, added] = [from.filter(missingIn(to)), to.filter(missingIn(from))];
  return [
    ...removed.map((member) => line(path, `removed ${shown(member)}`)),
    ...added.map((member) => line(path, `added ${shown(member)}`)),
  ];
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The first name is the facet's, which is ours. */
function line(path: readonly string[], change: string): string {
  const name = (path.length > 1 ? path.slice(1) : path).join('.') || 'the resource';
  return DOCUMENT.test(`${path.join('.')} ${change}`) ? `${name}: changed` : `${name}: ${change}`;
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= MAX_VALUE_CHARACTERS ? text : `${text.slice(0, MAX_VALUE_CHARACTERS - 1)}…`;
}
