import type { Ledger } from '../../ledger/ledger.ts';
import { NotDecidableError } from '../errors.ts';
import { foreignOwnerOf } from '../intake/ownership.ts';

/** Throws NotDecidableError where a record is of another account than the one that decides, before anything of its resource is read or written. A ledger may be a copy, or a table that accounts share. */
export async function assertOwnRecord(id: string, accountId: string, ledger: Pick<Ledger, 'remediation'>) {
  const record = await ledger.remediation(id);
  const owner = record === null ? null : foreignOwnerOf(record.ref, accountId);
  if (owner !== null)
    throw new NotDecidableError(`${id} is a record of account ${owner}, these credentials are of account ${accountId}`);
}
