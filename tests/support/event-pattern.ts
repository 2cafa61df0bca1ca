/** An EventBridge event pattern: what must stand where. */
export interface EventPattern {
  readonly [field: string]: EventPattern | readonly (string | number | boolean | null | Matcher | EventPattern)[];
}

type Matcher = { readonly exists: boolean } | { readonly prefix: string } | { readonly suffix: string };

/** True where an event matches a pattern, by EventBridge's rules for values, `exists`, `prefix`, `suffix` and `$or`. Throws for a matcher that it does not know: a test must not pass because of that. */
export function matches(pattern: EventPattern, event: unknown): boolean {
  const fields = typeof event === 'object' && event !== null ? (event as Readonly<Record<string, unknown>>) : {};
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or') return (wanted as readonly EventPattern[]).some((one) => matches(one, event));
    return Array.isArray(wanted)
      ? wanted.some((one) => matchesValue(one, fields[field], field in fields))
      : matches(wanted as EventPattern, fields[field]);
  });
}

function matchesValue(wanted: unknown, value: unknown, present: boolean): boolean {
  if (typeof wanted === 'object' && wanted !== null) {
    const [[name, argument] = [], ...more] = Object.entries(wanted);
    const text = typeof value === 'string' ? value : null;
    if (name === 'exists' && more.length === 0) return present === argument;
    if (name === 'prefix' && more.length === 0) return text?.startsWith(String(argument)) === true;
    if (name === 'suffix' && more.length === 0) return text?.endsWith(String(argument)) === true;
    throw new Error(`${JSON.stringify(wanted)} is not known to this matcher`);
  }
  return Array.isArray(value) ? value.includes(wanted) : present && value === wanted;
}
