import { listingRefusal } from '../../aws/listing-refusals.ts';
import { explicitDenial, type Refusal } from '../../aws/refusals.ts';
import type { DeniedListing, DeniedTypes } from '../../ledger/denied-listings.ts';
import type { Clock } from '../../time.ts';
import { CONFIRM_AFTER_MS } from '../run/failures.ts';

/** The sentence on a type whose listing is refused. */
export const denialText = (type: string, region: string, { by }: Refusal): string =>
  `${type} cannot be listed in ${region}, and is not swept there: refused by ${by}`;

/** Separates listings that are denied for good from those that may be answered at a retry, by what is known of earlier tries. */
export class ListingDenials {
  readonly #known: DeniedTypes;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #found = new Map<string, DeniedListing>();

  constructor(known: DeniedTypes, clock: Pick<Clock, 'now'>) {
    this.#known = known;
    this.#clock = clock;
  }

  /** Who refuses a listing for good; null for an error that may pass. */
  refusalOf(type: string, error: unknown): Refusal | null {
    const explicit = explicitDenial(error);
    const refusal = explicit ?? listingRefusal(error, type);
    if (refusal === null) return null;
    const now = this.#clock.now().getTime();
    const since = this.#known[type]?.since ?? now;
    const isLasting = explicit !== null || now - since >= CONFIRM_AFTER_MS;
    this.#found.set(type, { refusal, since, lastSeen: now, isLasting });
    return isLasting ? refusal : null;
  }

  /** True where a pass that has listed some has found anything else than was known. */
  hasNews(listed: ReadonlySet<string>): boolean {
    return this.#found.size > 0 || Object.keys(this.#known).some((type) => listed.has(type));
  }

  /** The denied types after a pass that has listed some: those are denied no more. */
  next(known: DeniedTypes, listed: ReadonlySet<string>): DeniedTypes {
    const kept = Object.entries(known).filter(([type]) => !listed.has(type));
    return Object.fromEntries([...kept, ...this.#found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}
