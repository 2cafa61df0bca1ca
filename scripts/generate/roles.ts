import type { AnyControl } from '../../shared/control.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { serviceStatements } from './service-statements.ts';
import { listsStatement, ownStatements, putEventsStatement, type Statement } from './statements.ts';

/** All that one function may do and may not. */
export interface Role {
  /** The function's name: `ec2`. */
  readonly name: string;
  readonly statements: readonly Statement[];
}

/** The daily duties look over the whole ledger and at nothing else. */
export const watchStatements = (): readonly Statement[] => [
  ...ownStatements('watch'),
  listsStatement(),
  putEventsStatement(),
];

/** The roles of all functions under a policy. */
export const rolesOf = (
  catalogue: ReadonlyMap<string, readonly AnyControl[]>,
  policy: PolicyDocument,
): readonly Role[] => [
  ...[...catalogue].map(([name, controls]) => ({ name, statements: serviceStatements(name, controls, policy) })),
  { name: 'watch', statements: watchStatements() },
];
