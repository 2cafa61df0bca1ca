import { randomUUID } from 'node:crypto';
import { abandon, LeaseHeldError, take } from '../../ledger/lease.ts';
import { resourceKey, type Session, withLease as withLeaseOf } from '../../ledger/ledger.ts';
import type { Remediation } from '../../ledger/records.ts';
import type { Engine } from '../context.ts';
import { Draft } from './draft.ts';

/** Looks at a resource for whoever came while its lease was held: by the controls that `ids` name. */
export interface OnContention {
  readonly ids: readonly string[];
  reconcile(): Promise<unknown>;
}

/** Nobody here can look: whoever comes has to come again. */
export const NO_FOLLOW_UP: OnContention = { ids: [], reconcile: async () => {} };

/** Does something as the only writer of a record's resource; what `work` leaves in the draft is written as the lease is released. Throws LeaseHeldError where another run is at work on it, or what `work` throws. */
export async function withLease<T>(
  { service, ref }: Pick<Remediation, 'service' | 'ref'>,
  engine: Engine,
  contention: OnContention,
  work: (draft: Draft) => Promise<T>,
): Promise<T> {
  const holder = randomUUID();
  const draft = new Draft(
    engine,
    await acquire(resourceKey(service, ref), holder, ref.resourceId, engine, contention),
    holder,
  );
  try {
    const done = await work(draft);
    const again = await draft.release();
    if (again.length > 0) await followUp(draft.session, holder, engine, contention);
    return done;
  } catch (error) {
    // A lease that cannot be released ends by itself; that must not hide how the work ended.
    await abandonLease(draft.session, holder, engine).catch(() => {});
    throw error;
  }
}

async function acquire(
  key: string,
  holder: string,
  resourceId: string,
  engine: Engine,
  { ids }: OnContention,
): Promise<Session> {
  const { ledger, clock } = engine;
  const [session] = await ledger.update(await ledger.load(key), (state) => {
    const now = clock.now().getTime();
    const lease = take(state.lease, holder, { requested: [], handles: ids }, now);
    if (lease === null) throw new LeaseHeldError(`another run is at work on ${resourceId}: try again in a minute`);
    return { next: withLeaseOf(state, lease, now), answer: undefined };
  });
  try {
    return await ledger.loadShared(session);
  } catch (error) {
    // Nobody else may find the lease held while nobody is at work.
    await abandonLease(session, holder, engine).catch(() => {});
    throw error;
  }
}

/** Somebody came meanwhile: the lease is let go of, and what they wanted is looked at. */
async function followUp(session: Session, holder: string, engine: Engine, contention: OnContention): Promise<void> {
  await abandonLease(session, holder, engine).catch(() => {});
  await contention.reconcile();
}

const abandonLease = (session: Session, holder: string, { ledger, clock }: Engine) =>
  ledger.update(session, (state) => {
    const lease = abandon(state.lease, holder);
    const next = lease === undefined ? undefined : withLeaseOf(state, lease, clock.now().getTime());
    return { next, answer: undefined };
  });
