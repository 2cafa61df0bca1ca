import type { Context } from 'aws-lambda';
import type { AnyControl } from '../control.ts';
import type { Engine } from '../engine/context.ts';
import { sliceIn } from '../engine/sweep/cursor.ts';
import { type SweepSummary, sweepSlice } from '../engine/sweep/sweep.ts';
import type { JsonObject } from '../event.ts';
import { SWEEP_DETAIL_TYPE } from '../internal-events.ts';
import { isInternal } from './send-messages.ts';

/** What is kept of a function's time to hand on and to end in good order, in milliseconds. */
export const MARGIN = 20_000;

/** True for the event of a slice of a sweep. */
export const isSweep = (event: unknown): event is JsonObject =>
  isInternal(event) && event['detail-type'] === SWEEP_DETAIL_TYPE;

/** Does the slice that an event asks for, for as long as the function has time. Throws UnreadableEventError, SweepFailedError, or the SDK's own error. */
export async function sweepFrom(
  event: JsonObject,
  engine: Engine,
  {
    controls,
    home,
    time,
  }: { controls: readonly AnyControl[]; home: string; time: Pick<Context, 'getRemainingTimeInMillis'> },
): Promise<SweepSummary> {
  const deadline = engine.clock.now().getTime() + time.getRemainingTimeInMillis() - MARGIN;
  return sweepSlice(sliceIn(event.detail), engine, { controls, home, deadline });
}
