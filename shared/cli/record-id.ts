import { assertOwnRecord } from '../engine/decisions/own-record.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Remediation } from '../ledger/records.ts';
import type { CommandRun } from './context.ts';
import { UsageError } from './errors.ts';

const RECORD = 'rem-';
/** Characters that a part of an id needs after what all ids begin with: fewer are a slip rather than a name. */
const MIN_LENGTH = 4;
/** Ids that an ambiguous one is answered with. */
const MAX_SHOWN = 3;

/** The id of the record that is named by it or by its beginning, `rem-` or not. Throws UsageError where no record, or more than one, begins so. */
export async function recordIdOf(named: string, ledger: Pick<Ledger, 'remediation' | 'remediations'>): Promise<string> {
  if ((await ledger.remediation(named)) !== null) return named;
  const prefix = named.startsWith(RECORD) ? named : `${RECORD}${named}`;
  const found: string[] = [];
  if (prefix.length >= RECORD.length + MIN_LENGTH)
    for await (const { id } of ledger.remediations()) if (id.startsWith(prefix)) found.push(id);
  return oneOf(found, named, 'npx evenkeel history lists them');
}

/** As `recordIdOf`, for who may decide about the record. Throws NotDecidableError where it is of another account. */
export async function ownRecordId(named: string, { engine, caller }: CommandRun): Promise<string> {
  const id = await recordIdOf(named, engine.ledger);
  await assertOwnRecord(id, (await caller()).accountId, engine.ledger);
  return id;
}

/** The only one. Throws UsageError where there is none, or more. `list`: how a person sees all ids. */
export function oneOf(found: readonly string[], named: string, list: string): string {
  const [first, ...others] = found;
  if (first === undefined) throw new UsageError(`there is no remediation ${named}; ${list}`);
  if (others.length === 0) return first;
  const more = found.length > MAX_SHOWN ? ` and ${found.length - MAX_SHOWN} more` : '';
  throw new UsageError(`${named}: ${found.slice(0, MAX_SHOWN).join(', ')}${more} begin so; give more of the id`);
}

/** Undos that leave their remediation as it was. */
const WITHOUT_EFFECT: readonly Remediation['status'][] = ['failed', 'blocked', 'rejected', 'expired', 'superseded'];

/** The latest remediation of an account that was made and not undone. Throws UsageError where there is none. */
export async function lastUndoable(accountId: string, ledger: Pick<Ledger, 'remediations'>): Promise<Remediation> {
  const undone = new Set<string>();
  const made: Remediation[] = [];
  for await (const record of ledger.remediations()) {
    if (record.ref.accountId !== accountId) continue;
    if (record.undoes !== null && !WITHOUT_EFFECT.includes(record.status)) undone.add(record.undoes);
    if (record.kind === 'remediation' && record.status === 'remediated') made.push(record);
  }
  const last = made.filter(({ id }) => !undone.has(id)).at(-1);
  if (last === undefined) throw new UsageError('--last: there is no remediation that could be undone');
  return last;
}
