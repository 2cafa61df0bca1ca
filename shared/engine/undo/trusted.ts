import type { AnyControl } from '../../control.ts';
import { evidenceErrors } from '../../ledger/chain.ts';
import { resourceKey } from '../../ledger/ledger.ts';
import type { Remediation, UndoCall } from '../../ledger/records.ts';
import { delays, readUntil } from '../../retry.ts';
import { declarationOf } from '../../step.ts';
import type { Engine } from '../context.ts';
import { redact } from '../run/redact.ts';

/** The ledger holds something that Evenkeel did not write: nothing is done by it. */
export class TamperedError extends Error {
  override readonly name = 'TamperedError';
}

/** The index of records may be some seconds behind: a chain that is whole is not called broken for it. */
const INDEX_DELAYS_MS = [250, 500, 1000, 2000, 4000];

/** Verifies the chain of evidence of the record's resource. Throws TamperedError where it is not whole. */
export async function assertUntampered(record: Remediation, { ledger, clock }: Engine): Promise<void> {
  const key = resourceKey(record.service, record.ref);
  const read = async () => {
    const { head, links, evidence } = await ledger.chain(key);
    const missing = evidence.has(record.id) ? [] : [`${record.id} is not in the chain`];
    return [...evidenceErrors(head, links, evidence), ...missing];
  };
  const errors = await readUntil(read, (found) => found.length === 0, { clock, backoff: delays(...INDEX_DELAYS_MS) });
  if (errors.length > 0)
    throw new TamperedError(
      `the records of ${record.ref.resourceId} cannot be trusted: ${errors.join('; ')}; run \`evenkeel verify\``,
    );
}

/** Throws TamperedError unless every call is one that the control declares as an undo, on the record's own resource. */
export function assertDeclared(
  calls: readonly UndoCall[],
  record: Remediation,
  { id, undoCalls = [] }: AnyControl,
): void {
  for (const call of calls)
    if (declarationOf(call, record.ref, undoCalls) === null)
      throw new TamperedError(
        `${call.service}:${call.operation} ${JSON.stringify(redact(call.input))} is not a call by which ${id} undoes a remediation of ${record.ref.resourceId}`,
      );
}
