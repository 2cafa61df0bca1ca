import { element, type PolicyStatement, stringsOf } from './policy-document.ts';
import { type PolicyText, policyText } from './policy-text.ts';
import { deletedPrincipals, isAnybody, principalsOf } from './principals.ts';
import { elementOf, namesOf, publicStatements } from './public-access.ts';

/** A policy that is not public any more, and what of it was changed. */
export interface Closed {
  readonly text: string;
  /** The statements that are left. */
  readonly left: readonly PolicyStatement[];
  /** The changed statements, as the elements of a step. */
  readonly elements: readonly string[];
}

/** Why a person has to edit the policy. */
export interface Refusal {
  readonly byHand: string;
}

export const AMBIGUOUS = 'The policy has a key twice: which of them AWS evaluates is not known.';

/** Why the policy with these statements cannot be put, or an edit of the `changed` ones would not be sure; null where nothing speaks against it. */
export function refusal(
  policy: PolicyText,
  changed: readonly PolicyStatement[],
  left: readonly PolicyStatement[],
): Refusal | null {
  if (!changed.every(policy.isUnambiguous)) return { byHand: AMBIGUOUS };
  const [deleted] = left.flatMap(deletedPrincipals);
  return deleted === undefined
    ? null
    : {
        byHand: `The policy names ${deleted}, a principal that was deleted: AWS accepts no policy with it. Remove it first.`,
      };
}

/** The policy without its public statements, every other byte as it was. */
export function withoutPublicStatements(policy: PolicyText): Closed | Refusal {
  const open = publicStatements(policy.statements);
  const left = policy.statements.filter((statement) => !open.includes(statement));
  const text = policy.withoutStatements(open);
  return (
    refusal(policy, open, left) ??
    (text === null ? { byHand: AMBIGUOUS } : { text, left, elements: open.map(elementOf) })
  );
}

/** The policy with the own account (the ARN of its root) where everybody stood in its public statements, every other byte as it was. */
export function restrictedToAccount(policy: PolicyText, root: string): Closed | Refusal {
  const open = publicStatements(policy.statements);
  const reason = refusal(policy, open, policy.statements);
  if (reason !== null) return reason;
  let restricted = policy;
  for (const statement of open) {
    // Places stay the same: only what is within the statement changes.
    const there = restricted.statements[policy.statements.indexOf(statement)] as PolicyStatement;
    const text = restricted.withPrincipal(there, withoutEverybody(element(there, 'Principal'), root));
    if (text === null) return meansOthers([statement], policy);
    restricted = policyText(text);
  }
  const still = publicStatements(restricted.statements);
  return still.length === 0
    ? { text: restricted.text, left: restricted.statements, elements: open.map(elementOf) }
    : meansOthers(still, restricted);
}

const meansOthers = (open: readonly PolicyStatement[], { statements }: PolicyText): Refusal => ({
  byHand: `The account root cannot replace everybody in ${namesOf(open, statements)}: name the principals or subjects.`,
});

/** The same principals, with the own account for everybody. */
function withoutEverybody(principal: unknown, root: string): object {
  const types = ['AWS', 'CanonicalUser', 'Federated', 'Service'];
  const kept = types.map((type) => [type, principalsOf(principal, type).filter((one) => !isAnybody(one))] as const);
  const others = kept.map(([type, ids]) => [type, type === 'AWS' ? [...ids, root] : ids] as const);
  return Object.fromEntries(
    others.filter(([, ids]) => ids.length > 0).map(([type, ids]) => [type, ids.length === 1 ? ids[0] : stringsOf(ids)]),
  );
}
