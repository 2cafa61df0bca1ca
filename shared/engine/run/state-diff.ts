import diff from 'microdiff';
import { objectOrNull } from '../../event.ts';
import { digestedState, isCompact } from './compact.ts';

/** The differences of a recorded state and another, a line each: `rules.rules.0.CidrIpv4: "10.0.0.0/8" → "0.0.0.0/0"`. Ignores the order of lists, fields of the names in `ignoring`, and parts that could not be read when `from` was recorded. */
export function stateDiff(from: unknown, to: unknown, ignoring: readonly string[] = []): readonly string[] {
  const texts = new Map<string, unknown>();
  const isHashed = isCompact(from) || isCompact(to);
  const shown = (value: unknown) => JSON.stringify((typeof value === 'string' ? texts.get(value) : undefined) ?? value);
  const [a, b] = readParts(from, to)
    .map((state) => (isHashed ? digestedState(state, texts) : state))
    .map((value) => ({ state: sorted(JSON.parse(JSON.stringify(value ?? null)), ignoring) }));
  return diff(a as object, b as object).map((change) => {
    const path = change.path.slice(1).join('.') || 'the resource';
    const before = 'oldValue' in change ? shown(change.oldValue) : 'nothing';
    const after = 'value' in change ? shown(change.value) : 'nothing';
    return `${path}: ${before} → ${after}`;
  });
}

/** True where some part of a state could not be read. */
export const isPartlyUnread = (state: unknown): boolean =>
  isUnread(state) || (typeof state === 'object' && state !== null && Object.values(state).some(isPartlyUnread));

const isUnread = (part: unknown): boolean => typeof objectOrNull(part)?.unreadable === 'string';

/** Two states without the members that could not be read when the first was recorded. */
function readParts(from: unknown, to: unknown): readonly [unknown, unknown] {
  const [a, b] = [objectOrNull(from), objectOrNull(to)];
  if (a === null || b === null || isUnread(to)) return [from, to];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => !isUnread(a[name]));
  const parts = names.map((name) => [name, ...readParts(a[name], b[name])] as const);
  const having = (state: object, at: 1 | 2) =>
    Object.fromEntries(parts.filter(([name]) => name in state).map((part) => [part[0], part[at]]));
  return [having(a, 1), having(b, 2)];
}

function sorted(value: unknown, ignoring: readonly string[]): unknown {
  if (Array.isArray(value))
    return value
      .map((member) => sorted(member, ignoring))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !ignoring.includes(name));
  return Object.fromEntries(
    kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member, ignoring)]),
  );
}
