/** The most that EC2 puts on a page. */
export const PAGE = 1000;
/** As many values as one filter of an EC2 Describe call takes. */
const FILTER_VALUES = 200;

/** The values in portions that a filter takes. */
export function* portions(values: readonly string[]): Generator<string[]> {
  for (let start = 0; start < values.length; start += FILTER_VALUES) yield values.slice(start, start + FILTER_VALUES);
}
