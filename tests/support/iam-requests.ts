import { parseTrailArn } from '../../shared/aws/cloudtrail/trail-arn.ts';
import { iamActionsOf } from './iam-actions.ts';
import type { SeenCall } from './recorder.ts';

/** What IAM is asked: may this be done to that, the request being so. */
export interface IamRequest {
  readonly action: string;
  /** The ARN, or `*` where the call names no resource. */
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

type Call = SeenCall & { readonly accountId: string };
/** The ARN that an action of the call is about. */
type Naming = (call: Call) => string | readonly string[];

const arn = (service: string, { region, accountId }: Call, rest: string) =>
  `arn:aws:${service}:${region}:${accountId}:${rest}`;
const ec2 =
  (type: string, id: string): Naming =>
  (call) =>
    arn('ec2', call, `${type}/${call.input[id]}`);
const snapshot: Naming = ({ region, input }) => `arn:aws:ec2:${region}::snapshot/${input.SnapshotId}`;
const table: Naming = (call) => {
  const { TableName, IndexName, TransactItems, RequestItems = {} } = call.input;
  const name = TableName ?? TransactItems?.[0]?.Put?.TableName ?? Object.keys(RequestItems)[0];
  return arn('dynamodb', call, `table/${name}${IndexName === undefined ? '' : `/index/${IndexName}`}`);
};
const trail: Naming = (call) => {
  const { Name, TrailName, ResourceIdList } = call.input;
  const [named] = [Name, TrailName, ...(ResourceIdList ?? [])].filter(Boolean);
  return parseTrailArn(named) === null ? arn('cloudtrail', call, `trail/${named}`) : named;
};
const recorder: Naming = (call) => {
  const name = call.input.ConfigurationRecorderName ?? call.input.ConfigurationRecorder.name;
  return arn('config', call, `configuration-recorder/${name}/a1b2c3d4`);
};

const queue: Naming = (call) => arn('sqs', call, call.input.QueueName ?? call.input.QueueUrl.split('/').at(-1));
const stack: Naming = (call) => arn('cloudformation', call, `stack/${call.input.StackName}/a1b2c3d4`);
const lambda: Naming = (call) => arn('lambda', call, `function:${call.input.FunctionName}`);
const secret: Naming = (call) => arn('secretsmanager', call, `secret:${call.input.SecretId}-AbCdEf`);

/** How a call names what it is about. Source: the resource types of the Service Authorization Reference. An operation that is not here names nothing. */
const NAMED: Readonly<Record<string, Naming>> = {
  'ec2:DescribeSnapshotAttribute': snapshot,
  'ec2:GetManagedPrefixListEntries': ec2('prefix-list', 'PrefixListId'),
  'ec2:ModifyInstanceMetadataOptions': ec2('instance', 'InstanceId'),
  'ec2:ModifySnapshotAttribute': snapshot,
  'ec2:RevokeSecurityGroupEgress': ec2('security-group', 'GroupId'),
  'ec2:RevokeSecurityGroupIngress': ec2('security-group', 'GroupId'),
  'cloudtrail:CreateTrail': trail,
  'cloudtrail:GetEventSelectors': trail,
  'cloudtrail:GetInsightSelectors': trail,
  'cloudtrail:GetTrail': trail,
  'cloudtrail:GetTrailStatus': trail,
  'cloudtrail:ListTags': trail,
  'cloudtrail:PutEventSelectors': trail,
  'cloudtrail:PutInsightSelectors': trail,
  'cloudtrail:StartLogging': trail,
  'cloudtrail:UpdateTrail': trail,
  'config:PutConfigurationRecorder': recorder,
  'config:StartConfigurationRecorder': recorder,
  'dynamodb:BatchGetItem': table,
  'dynamodb:GetItem': table,
  'dynamodb:PutItem': table,
  'dynamodb:Query': table,
  'dynamodb:TransactWriteItems': table,
  'sns:Publish': ({ input }) => input.TopicArn,
  'sns:ListSubscriptionsByTopic': ({ input }) => input.TopicArn,
  'cloudwatch:DescribeAlarms': (call) => arn('cloudwatch', call, 'alarm:*'),
  'cloudformation:DescribeStacks': stack,
  'cloudformation:ListStackResources': stack,
  'dynamodb:DescribeContinuousBackups': table,
  'dynamodb:DescribeTable': table,
  'lambda:GetFunctionConcurrency': lambda,
  'lambda:GetFunctionConfiguration': lambda,
  'secretsmanager:DescribeSecret': secret,
  'sqs:ChangeMessageVisibility': queue,
  'sqs:GetQueueAttributes': queue,
  'sqs:GetQueueUrl': queue,
  'sqs:SendMessageBatch': queue,
  'sqs:TagQueue': queue,
  'secretsmanager:GetSecretValue': secret,
};

/** What a call names: a bucket for all that S3 is asked about one. */
const resourceOf = (call: Call): string => {
  if (call.service === 's3' && call.input.Bucket !== undefined) return `arn:aws:s3:::${call.input.Bucket}`;
  return String(NAMED[`${call.service}:${call.operation}`]?.(call) ?? '*');
};

/** What IAM is asked beside the call's own action, because of what is in it. */
const BESIDES: Readonly<Record<string, (call: Call) => readonly Omit<IamRequest, 'context'>[]>> = {
  'cloudtrail:CreateTrail': (call) =>
    call.input.TagsList === undefined ? [] : [{ action: 'cloudtrail:AddTags', resource: resourceOf(call) }],
};

/** The role that a call gives away, and to which service. */
const PASSES: Readonly<Record<string, (input: SeenCall['input']) => readonly [role: string | undefined, to: string]>> =
  {
    'cloudtrail:CreateTrail': ({ CloudWatchLogsRoleArn }) => [CloudWatchLogsRoleArn, 'cloudtrail.amazonaws.com'],
    'config:PutConfigurationRecorder': ({ ConfigurationRecorder }) => [
      ConfigurationRecorder.roleARN,
      'config.amazonaws.com',
    ],
  };

/** What a service asks of our key, with the role of whoever called it. */
const KEY_USES: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ['kms:Decrypt'],
  sns: ['kms:Decrypt', 'kms:GenerateDataKey'],
  'sqs:SendMessageBatch': ['kms:Decrypt', 'kms:GenerateDataKey'],
};

/** Every question that IAM answers before a call of the account's own is made. */
export function iamRequestsOf(
  seen: SeenCall,
  { accountId, key }: { readonly accountId: string; readonly key: string },
) {
  const call = { ...seen, accountId };
  const name = `${call.service}:${call.operation}`;
  // There is one key.
  const resource = call.service === 'kms' ? key : resourceOf(call);
  const owner = resource === '*' ? '' : (resource.split(':')[4] ?? '');
  const context = {
    'aws:RequestedRegion': call.region,
    'aws:ResourceAccount': owner === '' ? accountId : owner,
  };
  const [role, to] = PASSES[name]?.(call.input) ?? [];
  return [
    ...iamActionsOf(call.service, call.operation, call.input).map((action) => ({ action, resource, context })),
    ...(BESIDES[name]?.(call) ?? []).map((besides) => ({ ...besides, context })),
    ...(role === undefined ? [] : [passing(role, to ?? '', accountId)]),
    ...(KEY_USES[name] ?? KEY_USES[call.service] ?? []).map((action) =>
      keyUse(action, call.service, call.region, { accountId, key }),
    ),
  ] satisfies readonly IamRequest[];
}

/** The question whether a role may be given to a service. */
export const passing = (role: string, to: string, accountId: string): IamRequest => ({
  action: 'iam:PassRole',
  resource: role,
  context: { 'iam:PassedToService': to, 'aws:ResourceAccount': accountId },
});

/** The question whether a service may use our key for the role. */
export const keyUse = (
  action: string,
  service: string,
  region: string,
  { accountId, key }: { readonly accountId: string; readonly key: string },
): IamRequest => ({
  action,
  resource: key,
  context: { 'kms:ViaService': `${service}.${region}.amazonaws.com`, 'aws:ResourceAccount': accountId },
});
