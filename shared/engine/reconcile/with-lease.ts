import { randomUUID } from 'node:crypto';
import { BusyError } from '../../ledger/lease.ts';
import type { Remediation } from '../../ledger/ledger.ts';
import { resourceKey } from '../../ledger/ledger.ts';
import type { Engine } from '../context.ts';

/** What is done under a lease; `renew` is called before each write. */
type Work<T> = (renew: () => Promise<void>) => Promise<T>;

/** Looks at a resource for whoever came while it was held: at the controls that `ids` name. */
export interface Relay {
  readonly ids: readonly string[];
  look(): Promise<unknown>;
}

/** Nobody here can look: whoever comes has to come again. */
export const NO_RELAY: Relay = { ids: [], look: async () => {} };

/** Does something as the only writer of a record's resource. Throws BusyError where another run is at work on it, or what `work` throws. */
export async function asSoleWriter<T>(
  { service, ref }: Pick<Remediation, 'service' | 'ref'>,
  { ledger }: Engine,
  relay: Relay,
  work: Work<T>,
): Promise<T> {
  const key = resourceKey(service, ref);
  const holder = randomUUID();
  if (!(await ledger.acquire(key, holder, { wants: [], covers: relay.ids })))
    throw new BusyError(`another run is at work on ${ref.resourceId}: try again in a minute`);
  try {
    return await work(() => ledger.renew(key, holder));
  } finally {
    // A release that fails costs a minute of waiting; it must not hide how the work ended.
    const marks = await ledger.release(key, holder).catch(() => []);
    if (marks.length > 0) {
      await ledger.abandon(key, holder).catch(() => {});
      await relay.look();
    }
  }
}
