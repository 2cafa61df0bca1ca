import { type Outcome, type Result, reasonOf } from '../../result.ts';
import { shellQuoted } from '../../text.ts';

/** Outcomes after which the drift is gone, by this approval or by itself. */
const RESOLVED: readonly Outcome[] = ['remediated', 'compliant', 'notApplicable'];

/** True where an approval, or nobody, has left no drift. */
export const isResolved = ({ outcome }: Pick<Result, 'outcome'>): boolean => RESOLVED.includes(outcome);

/** What a person should know of an approval that ended otherwise than by its plan; null where the plan was carried out. */
export function approvalNote(id: string, result: Result): string | null {
  const { outcome, remediationId } = result;
  if (outcome === 'awaitingApproval')
    return `the resource has changed since ${id} was planned: nothing was done; to approve the new plan: npx evenkeel approve ${shellQuoted(remediationId ?? '')}`;
  if (!isResolved(result)) return `${id} was not executed: ${reasonOf(result)}`;
  return outcome === 'remediated' ? null : `${id}: the resource was already compliant, nothing was done`;
}
