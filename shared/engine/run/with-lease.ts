import { randomUUID } from 'node:crypto';
import { abandon, LeaseHeldError, take } from '../../ledger/lease.ts';
import { resourceKey, type Session, withLease as withLeaseOf } from '../../ledger/ledger.ts';
import type { Remediation } from '../../ledger/records.ts';
import type { Engine } from '../context.ts';
import { Draft } from './draft.ts';

/** Evaluates a resource for runs that asked while its lease was held, by the controls in `ids`. */
export interface OnContention {
  readonly ids: readonly string[];
  reconcile(): Promise<unknown>;
}

/** No evaluation afterwards: runs that find the lease held have to retry. */
export const NO_FOLLOW_UP: OnContention = { ids: [], reconcile: async () => {} };

/** Runs `work` as the only writer of a record's resource; what it leaves in the draft is written as the lease is released. Throws LeaseHeldError where another run holds it, or what `work` throws. */
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
    // A lease that cannot be released expires; that must not hide the outcome of `work`.
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
    // No other run may find the lease held by one that has ended.
    await abandonLease(session, holder, engine).catch(() => {});
    throw error;
  }
}

/** Other runs asked for an evaluation meanwhile: the lease is abandoned first. */
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
