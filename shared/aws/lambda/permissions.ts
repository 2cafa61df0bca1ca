import type { AddPermissionCommandInput } from '@aws-sdk/client-lambda';
import { says } from '../iam/conditions.ts';
import { conditionsOf, element, listOf, type PolicyStatement, stringsOf } from '../iam/policy-document.ts';
import { publicStatements } from '../iam/public-access.ts';
import { confusedDeputies } from '../iam/sharing.ts';

/** A statement of a function's policy as AddPermission makes it. */
export type Permission = Omit<AddPermissionCommandInput, 'FunctionName' | 'Qualifier' | 'RevisionId'>;

/** True where a statement opens a function URL that asks for no authentication, and nothing else: whether the URL may do that is a question of its own. Source: "Control access to Lambda function URLs". */
export function isOfPublicUrl(statement: PolicyStatement): boolean {
  const conditions = conditionsOf(element(statement, 'Condition'));
  const actions = stringsOf(element(statement, 'Action')).map((action) => action.toLowerCase());
  return (
    conditions.some((one) => says(one, 'stringequals', 'lambda:functionurlauthtype', 'none')) ||
    (conditions.some((one) => says(one, 'bool', 'lambda:invokedviafunctionurl', 'true')) &&
      actions.join() === 'lambda:invokefunction')
  );
}

/** The statements by which everybody can use a function but by its URL: also by way of a bucket of theirs. */
export function openPermissions(statements: readonly PolicyStatement[]): readonly PolicyStatement[] {
  const open = publicStatements(statements).filter((statement) => !isOfPublicUrl(statement));
  return statements.filter(
    (statement) => open.includes(statement) || confusedDeputies(statement).includes('s3.amazonaws.com'),
  );
}

/** By which condition AddPermission writes which member of its request. */
const MEMBERS: Readonly<Record<string, keyof Permission>> = {
  'arnlike aws:sourcearn': 'SourceArn',
  'stringequals aws:sourceaccount': 'SourceAccount',
  'stringequals aws:principalorgid': 'PrincipalOrgID',
  'stringequals lambda:eventsourcetoken': 'EventSourceToken',
  'stringequals lambda:functionurlauthtype': 'FunctionUrlAuthType',
};

/** The principal as AddPermission takes it; null where it is more than one. */
function principalOf(principal: unknown): string | null {
  const [named, ...others] =
    typeof principal === 'string' ? [principal] : Object.values(principal ?? {}).flatMap((ids) => listOf(ids));
  return typeof named === 'string' && others.length === 0 ? named : null;
}

/** The request that makes this statement again; null where AddPermission cannot. */
export function permissionOf(statement: PolicyStatement): Permission | null {
  const [StatementId, Action] = [element(statement, 'Sid'), element(statement, 'Action')];
  const Principal = principalOf(element(statement, 'Principal'));
  if (typeof StatementId !== 'string' || typeof Action !== 'string' || Principal === null) return null;
  const more: [string, unknown][] = [];
  for (const [operator, key, values] of conditionsOf(element(statement, 'Condition'))) {
    const name = `${operator.toLowerCase()} ${key}`;
    const member = MEMBERS[name];
    if (values.length !== 1) return null;
    if (name === 'bool lambda:invokedviafunctionurl') more.push(['InvokedViaFunctionUrl', values[0] === 'true']);
    else if (member === undefined) return null;
    else more.push([member, values[0]]);
  }
  return { StatementId, Action, Principal, ...Object.fromEntries(more) };
}
