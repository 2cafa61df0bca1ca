import { recheck } from '../../internal-events.ts';
import { Deadline, exponentialBackoff } from '../../retry.ts';
import { SECOND_MS } from '../../time.ts';
import type { Engine } from '../context.ts';
import { SweepFailedError } from '../errors.ts';
import { nextMessage, type Slice } from './cursor.ts';
import type { Selection } from './inventory.ts';
import { denialText, ListingDenials } from './listing-denials.ts';
import { SweepPass } from './pass.ts';

/** What a slice of a sweep has done. */
export interface SweepSummary {
  readonly service: string;
  readonly region: string;
  /** Resources assessed. */
  readonly resources: number;
  /** Rechecks sent, of these and of resources in the ledger. */
  readonly rechecks: number;
  /** The deadline was over, and another slice continues. */
  readonly handedOn: boolean;
  /** Types that could not be swept and are retried, each with its reason. */
  readonly failed: readonly string[];
  /** Types that AWS refuses to list for good, each with who refuses: doctor and the digest name them while it lasts. */
  readonly denied: readonly string[];
  /** Why nothing was done; null where something was. */
  readonly dropped: string | null;
}

/** How far a slice may exceed its deadline. Its message stays hidden in the queue for longer, so that it is not delivered twice. */
export const SLICE_GRACE_MS = 30 * SECOND_MS;

/** Back-off where AWS throttles, until the deadline. */
const BACKOFF = exponentialBackoff(SECOND_MS, 30 * SECOND_MS);

/** Sweeps until the deadline (milliseconds since 1970): sends a recheck of what has to be reconciled, and writes nothing to the account. Throws SweepFailedError where types could not be swept; a retry of the slice then does only these. */
export async function sweepSlice(
  slice: Slice,
  engine: Engine,
  { deadline, ...selection }: Selection & { readonly deadline: number },
): Promise<SweepSummary> {
  const { sweeps, deniedListings } = engine.ledger;
  const denials = new ListingDenials(await deniedListings.of(slice), engine.clock);
  const pass = new SweepPass(engine, {
    ...selection,
    scope: slice,
    pace: { deadline: new Deadline(engine.clock, deadline), backoff: BACKOFF },
    sink: { reconcile: (subjects) => engine.send(subjects.map(({ ref }) => recheck(slice.service, ref))) },
    refusalOf: (type, error) => denials.refusalOf(type, error),
  });
  const summary = (rest: Partial<SweepSummary>): SweepSummary => ({
    service: slice.service,
    region: slice.region,
    resources: pass.resources,
    rechecks: pass.reconciled,
    handedOn: false,
    failed: [...pass.failed].map(([type, why]) => `${type}: ${why}`),
    denied: [...pass.denied].map(([type, refusal]) => denialText(type, slice.region, refusal)),
    dropped: null,
    ...rest,
  });
  const lease = await sweeps.begin(slice, slice, deadline + SLICE_GRACE_MS);
  if ('dropped' in lease) return summary({ dropped: lease.dropped });
  let { pendingTypes } = lease;
  try {
    const cursor = await pass.run(slice.cursor, pendingTypes);
    if (denials.hasNews(pass.answered))
      await deniedListings.update(slice, (known) => denials.next(known, pass.answered));
    if (cursor !== null) {
      // Where the lease was lost, its new holder continues.
      if (await sweeps.advance(slice, lease)) await engine.send([nextMessage(slice, cursor)]);
      return summary({ handedOn: true });
    }
    if (pass.failed.size > 0) {
      pendingTypes = [...pass.failed.keys()];
      throw new SweepFailedError(`could not sweep ${summary({}).failed.join('; ')}`);
    }
    await sweeps.end(slice, lease);
    return summary({});
  } catch (error) {
    // Where even this fails, the lease expires.
    await sweeps.release(slice, lease, pendingTypes).catch(() => {});
    throw error;
  }
}
