import type { Engine } from '../context.ts';
import { SweepFailedError } from '../errors.ts';
import { nextMessage, type Slice } from './cursor.ts';
import { Round, type SweepContext } from './pass.ts';
import { Patience } from './patience.ts';

/** What a slice of a sweep has seen and done. */
export interface SweepSummary {
  readonly service: string;
  readonly region: string;
  /** Resources that were judged. */
  readonly resources: number;
  /** Those of them, and of the ledger's, that were sent to be looked at again. */
  readonly rechecks: number;
  /** The time was over, and another slice goes on. */
  readonly handedOn: boolean;
  /** Types that could not be looked through and come again, each with its reason. */
  readonly failed: readonly string[];
  /** Why nothing was done; null where something was. */
  readonly dropped: string | null;
}

/** How much longer than its time a slice may take, in milliseconds. The queue hides its event for longer, so that it does not come again before. */
export const ROOM = 30_000;

/** Sweeps for as long as there is time (`deadline`: milliseconds since 1970): what has drifted is sent to be looked at again, and nothing is written to the account. Throws SweepFailedError where types could not be looked through; the same slice then does only these. */
export async function sweepSlice(
  slice: Slice,
  engine: Engine,
  context: SweepContext & { readonly deadline: number },
): Promise<SweepSummary> {
  const { sweeps } = engine.ledger;
  const round = new Round(slice, engine, context, new Patience(engine.clock, context.deadline));
  const summary = (rest: Partial<SweepSummary>): SweepSummary => ({
    service: slice.service,
    region: slice.region,
    resources: round.resources,
    rechecks: round.rechecks,
    handedOn: false,
    failed: [...round.failed].map(([type, why]) => `${type}: ${why}`),
    dropped: null,
    ...rest,
  });
  const permit = await sweeps.begin(slice, slice, context.deadline + ROOM);
  if ('dropped' in permit) return summary({ dropped: permit.dropped });
  let left: readonly string[] | null = permit.left;
  try {
    const cursor = await round.run(permit.left);
    if (cursor !== null) {
      // Where the right was lost, whoever has it goes on.
      if (await sweeps.handOn(slice, permit)) await engine.send([nextMessage(slice, cursor)]);
      return summary({ handedOn: true });
    }
    if (round.failed.size > 0) {
      left = [...round.failed.keys()];
      throw new SweepFailedError(`could not look through ${summary({}).failed.join('; ')}`);
    }
    await sweeps.end(slice, permit);
    return summary({});
  } catch (error) {
    // Where even this fails, the claim is over after a while.
    await sweeps.giveBack(slice, permit, left).catch(() => {});
    throw error;
  }
}
