import { foreignOwnerOf } from '../engine/intake/ownership.ts';
import type { CommandRun } from './context.ts';
import { UsageError } from './errors.ts';

/** Throws UsageError where a record is of another account than the caller's, before anything of its resource is read or written. A ledger may be a copy, or a table that accounts share. */
export async function assertOwnRecord(id: string, { engine, caller }: Pick<CommandRun, 'engine' | 'caller'>) {
  const record = await engine.ledger.remediation(id);
  const { accountId } = await caller();
  const owner = record === null ? null : foreignOwnerOf(record.ref, accountId);
  if (owner !== null)
    throw new UsageError(`${id} is a record of account ${owner}, these credentials are of account ${accountId}`);
}
