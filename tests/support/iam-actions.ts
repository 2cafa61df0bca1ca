import { services } from '../../shared/resources/index.ts';

/** IAM actions whose name is not `<service>:<operation>`. Source: the Service Authorization Reference. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  's3:GetPublicAccessBlock': ['s3:GetBucketPublicAccessBlock'],
  's3:PutPublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  's3:DeletePublicAccessBlock': ['s3:PutBucketPublicAccessBlock'],
  's3:GetBucketEncryption': ['s3:GetEncryptionConfiguration'],
  's3:PutBucketEncryption': ['s3:PutEncryptionConfiguration'],
  's3:DeleteBucketEncryption': ['s3:PutEncryptionConfiguration'],
  's3:ListBuckets': ['s3:ListAllMyBuckets'],
  's3:HeadBucket': ['s3:ListBucket'],
  'sqs:SendMessageBatch': ['sqs:SendMessage'],
  'accessanalyzer:ListAnalyzers': ['access-analyzer:ListAnalyzers'],
  'accessanalyzer:CheckNoPublicAccess': ['access-analyzer:CheckNoPublicAccess'],
  'accessanalyzer:CreateAnalyzer': ['access-analyzer:CreateAnalyzer'],
  'accessanalyzer:DeleteAnalyzer': ['access-analyzer:DeleteAnalyzer'],
  's3control:GetPublicAccessBlock': ['s3:GetAccountPublicAccessBlock'],
  's3control:PutPublicAccessBlock': ['s3:PutAccountPublicAccessBlock'],
  's3control:DeletePublicAccessBlock': ['s3:PutAccountPublicAccessBlock'],
};

/** IAM's prefix of a service is CloudTrail's, whatever its client is called: `logs`, not `cloudwatchlogs`. The first client that a service names is its own. */
const PREFIXES = new Map(services.map(({ id, sdks }) => [Object.keys(sdks)[0], id]));

/** Each write of a DynamoDB transaction needs the action that it would need alone. */
const TRANSACTED: Readonly<Record<string, string>> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
};

/** IAM's actions of API Gateway are the methods of HTTP. */
const HTTP_METHODS: Readonly<Record<string, string>> = {
  Create: 'POST',
  Delete: 'DELETE',
  Get: 'GET',
  Update: 'PATCH',
};

interface Transaction {
  readonly TransactItems?: readonly object[];
}

/** The IAM actions that one API call needs. */
export function iamActionsOf(service: string, operation: string, input: Transaction = {}): readonly string[] {
  const name = `${service}:${operation}`;
  if (service.startsWith('apigateway'))
    return [`apigateway:${HTTP_METHODS[/^[A-Z][a-z]+/.exec(operation)?.[0] ?? '']}`];
  if (service === 'eventbridge') return [`events:${operation}`];
  if (name !== 'dynamodb:TransactWriteItems')
    return EXCEPTIONS[name] ?? [`${PREFIXES.get(service) ?? service}:${operation}`];
  const kinds = input.TransactItems?.flatMap((item) => Object.keys(item)) ?? [];
  return [...new Set(kinds)].map((kind) => TRANSACTED[kind] ?? `dynamodb:${kind}`);
}
