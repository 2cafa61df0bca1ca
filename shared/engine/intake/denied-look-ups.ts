import type { Refusal } from '../../aws/refusals.ts';
import { lookUpKey } from '../../ledger/denied-listings.ts';
import type { SweepScope } from '../../ledger/sweep-lock.ts';
import { HOUR_MS } from '../../time.ts';
import type { Engine } from '../context.ts';

/** A look-up that is denied is noted again after this time, and not for each event. */
const NOTED_AGAIN_AFTER_MS = HOUR_MS;

/** The sentence on a type that cannot be looked up. */
export const lookUpText = (type: string, region: string, { by }: Refusal): string =>
  `${type} cannot be looked up in ${region} for events that do not name it by its id: refused by ${by}`;

/** Remembers that a policy denies the look-up of a type for good, for doctor and the digest. Never throws: the next event notes it. */
export async function noteDeniedLookUp(
  { ledger, clock }: Pick<Engine, 'ledger' | 'clock'>,
  scope: SweepScope,
  type: string,
  refusal: Refusal,
): Promise<void> {
  const now = clock.now().getTime();
  const key = lookUpKey(type);
  await ledger.deniedListings
    .update(scope, (known) => {
      const before = known[key];
      if (before !== undefined && now - before.lastSeen < NOTED_AGAIN_AFTER_MS) return known;
      return { ...known, [key]: { refusal, since: before?.since ?? now, lastSeen: now, isLasting: true } };
    })
    .catch(() => {});
}
