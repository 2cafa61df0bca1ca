import diff from 'microdiff';
import { objectOrNull } from '../../event.ts';
import { digestedState, isCompact } from './compact.ts';

/** The differences of a recorded state and another, a line each: `rules.rules.0.CidrIpv4: "10.0.0.0/8" → "0.0.0.0/0"`. Ignores the order of lists, fields of the names in `ignoring`, and parts that could not be read when `from` was recorded. */
export function stateDiff(from: unknown, to: unknown, ignoring: readonly string[] = []): readonly string[] {
  const unread = unreadParts(from);
  if (unread.length > 0) return stateDiff(without(from, unread), without(to, unread), ignoring);
  const texts = new Map<string, unknown>();
  const isHashed = isCompact(from) || isCompact(to);
  const shown = (value: unknown) => JSON.stringify((typeof value === 'string' ? texts.get(value) : undefined) ?? value);
  const [a, b] = [from, to]
    .map((state) => (isHashed ? digestedState(state, texts) : state))
    .map((value) => ({ state: sorted(JSON.parse(JSON.stringify(value ?? null)), ignoring) }));
  return diff(a as object, b as object).map((change) => {
    const path = change.path.slice(1).join('.') || 'the resource';
    const before = 'oldValue' in change ? shown(change.oldValue) : 'nothing';
    const after = 'value' in change ? shown(change.value) : 'nothing';
    return `${path}: ${before} → ${after}`;
  });
}

/** The names of the parts of a state that could not be read. */
export const unreadParts = (state: unknown): readonly string[] =>
  partsOf(state).flatMap(([name, part]) => (typeof objectOrNull(part)?.unreadable === 'string' ? [name] : []));

const without = (state: unknown, names: readonly string[]): unknown =>
  objectOrNull(state) === null ? state : Object.fromEntries(partsOf(state).filter(([name]) => !names.includes(name)));

const partsOf = (state: unknown) => Object.entries(objectOrNull(state) ?? {});

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
