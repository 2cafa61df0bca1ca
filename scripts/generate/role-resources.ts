import { logicalId, type Statement } from './statements.ts';

/** IAM's limit for the inline policies of a role, in sum, is 10,240 characters without white space, and 6,144 for a managed policy; this leaves room for names that are longer than they look here. */
const MAX_INLINE = 9_900;
const MAX_MANAGED = 5_900;
/** A role takes this many managed policies. */
const MAX_ATTACHED = 10;
/** Characters that a statement may have, so that policies can be filled well. */
const MAX_STATEMENT = 2_500;
/** What an ARN that only CloudFormation knows may come to, in characters. */
const ARN = 'x'.repeat(110);

/** A statement as IAM gets it. */
export type PolicyStatement = Omit<Statement, 'why'>;

/** Characters of a statement in a policy, with what CloudFormation fills in. */
export const sizeOf = (statement: PolicyStatement): number =>
  JSON.stringify(statement, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const { 'Fn::Sub': text, 'Fn::GetAtt': attribute, Ref: id } = value as Readonly<Record<string, unknown>>;
    if (typeof text === 'string') return text.replaceAll(/\$\{\w+\.Arn\}/g, ARN);
    return attribute === undefined && id === undefined ? value : ARN;
  }).length;

/** A statement of many actions as several that say the same. */
export function divided(statement: Statement): readonly Statement[] {
  const parts: string[][] = [];
  for (const action of statement.Action) {
    const last = parts.at(-1);
    if (last !== undefined && sizeOf({ ...statement, Action: [...last, action] }) <= MAX_STATEMENT) last.push(action);
    else parts.push([action]);
  }
  if (parts.length === 1) return [statement];
  return parts.map((Action, index) => ({ ...statement, Sid: `${statement.Sid}${letter(index)}`, Action }));
}

const letter = (index: number) => String.fromCharCode(65 + index);

const documentOf = (Statement: readonly PolicyStatement[]) => ({ Version: '2012-10-17', Statement });

/** The role of a function, which only Lambda can take on; what does not fit into it stands in managed policies. Throws where a role would need more of these than IAM attaches. */
export function roleResources(name: string, statements: readonly PolicyStatement[]): Readonly<Record<string, object>> {
  const [inline = [], ...managed] = policiesOf(statements);
  if (managed.length > MAX_ATTACHED)
    throw new Error(`the role of ${name} would need ${managed.length} managed policies; IAM attaches ${MAX_ATTACHED}`);
  const ids = managed.map((_, index) => logicalId(name, `Policy${index + 1}`));
  return {
    ...Object.fromEntries(
      managed.map((some, index) => [
        ids[index],
        { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: documentOf(some) } },
      ]),
    ),
    [logicalId(name, 'Role')]: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        Policies: [{ PolicyName: 'evenkeel', PolicyDocument: documentOf(inline) }],
        ...(ids.length === 0 ? {} : { ManagedPolicyArns: ids.map((Ref) => ({ Ref })) }),
      },
    },
  };
}

/** The statements in their order: first what the role itself holds, then each managed policy. */
function policiesOf(statements: readonly PolicyStatement[]): readonly (readonly PolicyStatement[])[] {
  const policies: PolicyStatement[][] = [[]];
  let room = MAX_INLINE;
  for (const statement of statements) {
    const size = sizeOf(statement) + 1;
    if (size > room) {
      policies.push([]);
      room = MAX_MANAGED;
    }
    policies.at(-1)?.push(statement);
    room -= size;
  }
  return policies;
}
