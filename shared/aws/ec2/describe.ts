import { Foreign } from '../../resource.ts';

/** The most that EC2 puts on a page. */
export const PAGE = 1000;
/** As many values as one filter of an EC2 Describe call takes. */
const FILTER_VALUES = 200;

/** What another account may own, and show here because it shares its VPC: without an owner, it is the account's own. */
interface Shareable {
  readonly OwnerId?: string | undefined;
}

export const isOwn = ({ OwnerId }: Shareable, accountId: string): boolean => (OwnerId ?? accountId) === accountId;

/** The resource of a VPC, where it is the account's own. Throws Foreign where the VPC is shared: AWS shows what is in it, and lets only its owner change it. */
export function ownOf<T extends Shareable>(found: T, what: string, accountId: string): T {
  if (!isOwn(found, accountId)) throw new Foreign(`The ${what} belongs to account ${found.OwnerId}.`);
  return found;
}

/** The values in portions that a filter takes. */
export function* portions(values: readonly string[]): Generator<string[]> {
  for (let start = 0; start < values.length; start += FILTER_VALUES) yield values.slice(start, start + FILTER_VALUES);
}
