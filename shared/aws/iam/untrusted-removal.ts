import type { Trusted } from '../../control.ts';
import { element, type PolicyStatement } from './policy-document.ts';
import { type PolicyText, policyText } from './policy-text.ts';
import { accountOf, isForEverybody, principalsOf } from './principals.ts';
import { elementOf, namesOf } from './public-access.ts';
import { AMBIGUOUS, type Closed, type Refusal, refusal } from './public-removal.ts';
import { untrustedGrantees } from './sharing.ts';

const NOBODY: Trusted = { accounts: [], organizations: [] };

/** A statement that lets somebody in who is not trusted, and whom. */
export interface Sharing {
  readonly statement: PolicyStatement;
  readonly strangers: readonly string[];
}

/** The statements that let in accounts, organizations or canonical users beside the own account and those that are trusted. What lets everybody in is judged as public, not here. */
export const sharedWithStrangers = (
  statements: readonly PolicyStatement[],
  ownAccount: string,
  trusted: Trusted = NOBODY,
): readonly Sharing[] =>
  statements
    .map((statement) => ({
      statement,
      strangers: untrustedGrantees(statement, ownAccount, trusted).filter((id) => id !== 'everybody'),
    }))
    .filter(({ strangers }) => strangers.length > 0);

/** Whom a policy lets in, as a part of a sentence. */
export const strangersIn = (shared: readonly Sharing[]): string =>
  [...new Set(shared.flatMap(({ strangers }) => strangers))].join(', ');

/** The policy without these strangers, and without the statements that name nobody else; every other byte as it was. A person has to edit it where a condition lets them in. */
export function withoutStrangers(policy: PolicyText, shared: readonly Sharing[]): Closed | Refusal {
  const statements = shared.map(({ statement }) => statement);
  const narrowed = statements.filter(isForEverybody);
  if (narrowed.length > 0)
    return { byHand: `A condition lets them in, in ${namesOf(narrowed, policy.statements)}: say who is meant.` };
  const gone = shared.filter((one) => remaining(one) === null).map(({ statement }) => statement);
  const reason = refusal(
    policy,
    statements,
    policy.statements.filter((one) => !gone.includes(one)),
  );
  if (reason !== null) return reason;
  let changed = policy;
  for (const one of shared) {
    const principal = remaining(one);
    if (principal === null) continue;
    // Places stay the same: only what is within the statement changes.
    const there = changed.statements[policy.statements.indexOf(one.statement)] as PolicyStatement;
    const text = changed.withPrincipal(there, principal);
    if (text === null) return { byHand: AMBIGUOUS };
    changed = policyText(text);
  }
  const removed = gone.map((statement) => changed.statements[policy.statements.indexOf(statement)] as PolicyStatement);
  const text = changed.withoutStatements(removed);
  if (text === null) return { byHand: AMBIGUOUS };
  return { text, left: policyText(text).statements, elements: statements.map(elementOf) };
}

/** The principals of a statement without its strangers; null where nobody is left. */
function remaining({ statement, strangers }: Sharing): object | null {
  const principal = element(statement, 'Principal');
  const isStranger = (type: string, id: string) =>
    strangers.includes(type === 'CanonicalUser' ? `canonical user ${id}` : (accountOf(id) ?? ''));
  const kept = ['AWS', 'CanonicalUser', 'Federated', 'Service']
    .map((type) => [type, principalsOf(principal, type).filter((id) => !isStranger(type, id))] as const)
    .filter(([, ids]) => ids.length > 0)
    .map(([type, ids]) => [type, ids.length === 1 ? ids[0] : ids] as const);
  return kept.length === 0 ? null : Object.fromEntries(kept);
}
