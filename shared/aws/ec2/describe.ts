import { Gone } from '../../resource.ts';
import { carried, IncompleteAnswerError } from '../answer.ts';

/** The most that EC2 puts on a page. */
export const PAGE = 1000;
/** As many values as one filter of an EC2 Describe call takes. */
const FILTER_VALUES = 200;

/** The one resource that a Describe call was asked for, found by the member that holds its id. Throws Gone where the answer is an empty list, IncompleteAnswerError where it holds no list or only others: silence is no state. */
export function sole<T extends object>(found: readonly T[] | undefined, idMember: keyof T & string, id: string): T {
  const all = carried('EC2', `the list that holds ${id}`, found);
  if (all.length === 0) throw new Gone(`EC2 knows no ${id}`);
  const asked = all.find((one) => one[idMember] === id);
  if (asked === undefined) throw new IncompleteAnswerError(`EC2 answered with others than ${id}`);
  return asked;
}

/** The values in portions that a filter takes. */
export function* portions(values: readonly string[]): Generator<string[]> {
  for (let start = 0; start < values.length; start += FILTER_VALUES) yield values.slice(start, start + FILTER_VALUES);
}
