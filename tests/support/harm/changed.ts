import { isObject } from '../../../shared/event.ts';

/** A copy of a value with one field, at any depth, as another value of its kind has it: one that it lacks may come, one that it has may go. `choices` say which. */
export function changed<T>(value: T, other: T, choices: readonly number[]): T {
  const [choice = 0, ...rest] = choices;
  const keys = keysOf(value, other);
  const key = keys[choice % Math.max(1, keys.length)];
  if (key === undefined || rest.length === 0) return structuredClone(other);
  const [before, wanted] = [read(value, key), read(other, key)];
  // Every third time the whole field, else something within it.
  const isWithin = isNested(before) && isNested(wanted) && (rest[0] ?? 0) % 3 > 0;
  return written(value, key, isWithin ? changed(before, wanted, rest) : structuredClone(wanted));
}

const isNested = (value: unknown): boolean => isObject(value) || Array.isArray(value);

const keysOf = (...values: readonly unknown[]): readonly string[] => [
  ...new Set(values.flatMap((value) => (isNested(value) ? Object.keys(value as object) : []))),
];

const read = (value: unknown, key: string): unknown => (value as Readonly<Record<string, unknown>>)[key];

function written<T>(value: T, key: string, field: unknown): T {
  if (Array.isArray(value)) {
    const copy: unknown[] = [...value];
    if (field === undefined) copy.splice(Number(key), 1);
    else copy.splice(Number(key), 1, field);
    return copy as T;
  }
  const { [key]: _, ...others } = value as Record<string, unknown>;
  return (field === undefined ? others : { ...(value as object), [key]: field }) as T;
}
