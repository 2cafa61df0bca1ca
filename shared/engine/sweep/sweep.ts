import { recheck } from '../../internal-events.ts';
import { Deadline, exponentialBackoff } from '../../retry.ts';
import { SECOND_MS } from '../../time.ts';
import type { Engine } from '../context.ts';
import { SweepFailedError } from '../errors.ts';
import { nextMessage, type Slice } from './cursor.ts';
import type { Selection } from './inventory.ts';
import { SweepPass } from './pass.ts';

/** What a slice of a sweep has seen and done. */
export interface SweepSummary {
  readonly service: string;
  readonly region: string;
  /** Resources that were assessed. */
  readonly resources: number;
  /** Those of them, and of the ledger's, that a recheck was sent of. */
  readonly rechecks: number;
  /** The time was over, and another slice goes on. */
  readonly handedOn: boolean;
  /** Types that could not be gone through and come again, each with its reason. */
  readonly failed: readonly string[];
  /** Why nothing was done; null where something was. */
  readonly dropped: string | null;
}

/** How much longer than its deadline a slice may take. The queue hides its message for longer, so that it does not come again before. */
export const SLICE_GRACE_MS = 30 * SECOND_MS;

/** Waits where AWS is asked too much; each about twice as long as the one before, for as long as there is time. */
const BACKOFF = exponentialBackoff(SECOND_MS, 30 * SECOND_MS);

/** Sweeps for as long as there is time (`deadline`: milliseconds since 1970): a recheck is sent of what is to be reconciled, and nothing is written to the account. Throws SweepFailedError where types could not be gone through; the same slice then does only these. */
export async function sweepSlice(
  slice: Slice,
  engine: Engine,
  { deadline, ...selection }: Selection & { readonly deadline: number },
): Promise<SweepSummary> {
  const { sweeps } = engine.ledger;
  const pass = new SweepPass(engine, {
    ...selection,
    scope: slice,
    pace: { deadline: new Deadline(engine.clock, deadline), backoff: BACKOFF },
    sink: { reconcile: (subjects) => engine.send(subjects.map(({ ref }) => recheck(slice.service, ref))) },
  });
  const summary = (rest: Partial<SweepSummary>): SweepSummary => ({
    service: slice.service,
    region: slice.region,
    resources: pass.resources,
    rechecks: pass.reconciled,
    handedOn: false,
    failed: [...pass.failed].map(([type, why]) => `${type}: ${why}`),
    dropped: null,
    ...rest,
  });
  const lease = await sweeps.begin(slice, slice, deadline + SLICE_GRACE_MS);
  if ('dropped' in lease) return summary({ dropped: lease.dropped });
  let { pendingTypes } = lease;
  try {
    const cursor = await pass.run(slice.cursor, pendingTypes);
    if (cursor !== null) {
      // Where the lease was lost, whoever has it goes on.
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
    // Where even this fails, the lease ends by itself.
    await sweeps.release(slice, lease, pendingTypes).catch(() => {});
    throw error;
  }
}
