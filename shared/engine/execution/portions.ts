import type { Step } from '../../step.ts';
import { intendedStep } from '../run/recorded-step.ts';

/** What the steps of one record may take: it is written again after each step, and with the states stays below the 400 KB that DynamoDB takes. */
const MAX_STEPS_BYTES = 64_000;

/** The steps in portions that each fit into a record, in their order; at least one step each. */
export function portionsOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const portions: Step[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const step of steps) {
    const bytes = Buffer.byteLength(JSON.stringify(intendedStep(step)));
    if (size + bytes > MAX_STEPS_BYTES) {
      portions.push([]);
      size = 0;
    }
    portions.at(-1)?.push(step);
    size += bytes;
  }
  return portions;
}
