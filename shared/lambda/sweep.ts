import type { Context } from 'aws-lambda';
import type { AnyControl } from '../control.ts';
import type { Engine } from '../engine/context.ts';
import { UnreadableEventError } from '../engine/errors.ts';
import { sliceIn } from '../engine/sweep/cursor.ts';
import { type SweepSummary, sweepSlice } from '../engine/sweep/sweep.ts';
import type { JsonObject } from '../event.ts';
import { SWEEP_DETAIL_TYPE } from '../internal-events.ts';
import { SECOND_MS } from '../time.ts';
import { isInternal } from './send-messages.ts';

/** Time that is reserved to send the next slice and to end in good order. */
export const MARGIN_MS = 20 * SECOND_MS;

/** True for the message of a slice of a sweep. */
export const isSweep = (event: unknown): event is JsonObject =>
  isInternal(event) && event['detail-type'] === SWEEP_DETAIL_TYPE;

/** Sweeps the slice that a message asks for, as long as the function has time; `home` and `accountId` are its own. Throws UnreadableEventError, SweepFailedError, or the SDK's own error. */
export async function sweepFrom(
  event: JsonObject,
  engine: Engine,
  {
    controls,
    home,
    accountId,
    time,
  }: {
    controls: readonly AnyControl[];
    home: string;
    accountId: string;
    time: Pick<Context, 'getRemainingTimeInMillis'>;
  },
): Promise<SweepSummary> {
  const deadline = engine.clock.now().getTime() + time.getRemainingTimeInMillis() - MARGIN_MS;
  const slice = sliceIn(event.detail);
  if (slice.accountId !== accountId)
    throw new UnreadableEventError(`the sweep is of account ${slice.accountId}; this is account ${accountId}`);
  return sweepSlice(slice, engine, { controls, home, deadline });
}
