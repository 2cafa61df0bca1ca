import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import type { Aws } from '../../shared/resource.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
}

/** The local account asks for some actions by other names. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'dynamodb:PutItem': ['dynamodb:TransactWriteItems'],
  'sqs:SendMessage': ['sqs:SendMessageBatch'],
  's3:GetBucketPublicAccessBlock': ['s3:ListBucket'],
  's3:GetEncryptionConfiguration': ['s3:ListBucket'],
  's3:GetBucketWebsite': ['s3:ListBucket'],
  's3:GetAccountPublicAccessBlock': ['s3:GetPublicAccessBlock'],
  's3:PutBucketPublicAccessBlock': ['s3:CreateBucket'],
  's3:PutEncryptionConfiguration': ['s3:CreateBucket'],
  's3:PutAccountPublicAccessBlock': ['s3:PutPublicAccessBlock'],
  // IAM knows API Gateway's calls by their methods alone, the local account by their operations.
  'apigateway:GET': ['apigateway:Get*', 'apigatewayv2:Get*'],
  'apigateway:PATCH': ['apigateway:Update*', 'apigatewayv2:Update*'],
};

/** CloudWatch's actions go there by the name that its calls are signed for. */
const otherNamesOf = (action: string): readonly string[] =>
  OTHER_NAMES[action] ?? (action.startsWith('cloudwatch:') ? [action.replace('cloudwatch', 'monitoring')] : []);

/** A role's statements as the local account can ask them: by their actions. It knows no conditions, and most services there ask for every resource; who may do what where is tried against the true policies in roles.test.ts. */
function askable(statements: readonly Statement[]) {
  const actionsIn = ({ Action }: Statement) => [Action].flat();
  // What is denied on our own parts alone, and allowed elsewhere, cannot be distinguished without resources.
  const allowed = new Set(statements.filter(({ Effect }) => Effect === 'Allow').flatMap(actionsIn));
  return statements
    .map((statement) => ({
      Effect: statement.Effect,
      Action: actionsIn(statement)
        .filter((action) => statement.Effect === 'Allow' || !allowed.has(action))
        .flatMap((action) => [action, ...otherNamesOf(action)]),
      Resource: '*',
    }))
    .filter(({ Action }) => Action.length > 0);
}

/** Gives a role the statements of the template, less those actions that `without` names. */
export async function permit(
  RoleName: string,
  statements: readonly Statement[],
  aws: Aws,
  without: readonly string[] = [],
): Promise<void> {
  const left = statements.map((statement) => ({
    ...statement,
    Action: [statement.Action].flat().filter((action) => !without.includes(action)),
  }));
  const Statement = askable(left.filter(({ Action }) => Action.length > 0));
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await aws(IAMClient).send(new PutRolePolicyCommand({ RoleName, PolicyName: 'evenkeel', PolicyDocument }));
}

/** Credentials that may do everything, for whoever plays the account's owner. */
export async function owner(aws: Aws): Promise<Readonly<Record<string, string>>> {
  const iam = aws(IAMClient);
  const UserName = 'owner';
  await iam.send(new CreateUserCommand({ UserName }));
  const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'everything', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? '', AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? '' };
}

/** From now on the local account asks IAM for every call. */
export async function enforce(endpoint: string): Promise<void> {
  const { ok } = await fetch(`${endpoint}/moto-api/reset-auth`, { method: 'POST', body: '0' });
  if (!ok) throw new Error('the local account does not ask IAM');
}
