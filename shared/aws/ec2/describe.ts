/** As many values as one filter of an EC2 Describe call takes. */
export const FILTER_VALUES = 200;

/** The one resource that was asked for by its id. Throws where the answer leaves it out: silence is no state. */
export function sole<T>(found: readonly T[], resourceId: string): T {
  const [first] = found;
  if (first === undefined) throw new Error(`EC2 answered without an error and without ${resourceId}`);
  return first;
}

/** The values in portions that a filter takes. */
export function* portions(values: readonly string[]): Generator<string[]> {
  for (let start = 0; start < values.length; start += FILTER_VALUES) yield values.slice(start, start + FILTER_VALUES);
}
