import { given as scopeOf } from '../../scripts/generate/scopes.ts';
import { parseTrailArn } from '../../shared/aws/cloudtrail/trail-arn.ts';
import type { AnyControl, Plan } from '../../shared/control.ts';
import { isObject } from '../../shared/event.ts';
import type { Condition, Grants } from '../../shared/resource.ts';
import { callOf } from '../../shared/step.ts';
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

/** What the steps of controls say that IAM asks for their calls, by `service:operation`. */
export type Declared = Map<string, Grants>;

/** The controls, which note in `declared` what each step that they plan says of its permissions. */
export const declaring = (controls: readonly AnyControl[], declared: Declared): readonly AnyControl[] =>
  controls.map((control) => {
    const { plan, whenDeleted } = control;
    const noting = (planned: Plan): Plan => {
      if (!('byHand' in planned)) for (const step of planned) declared.set(nameOf(callOf(step)), step.permissions);
      return planned;
    };
    return {
      ...control,
      ...(plan && { plan: (...given: Parameters<typeof plan>) => noting(plan(...given)) }),
      ...(whenDeleted && {
        whenDeleted: {
          ...whenDeleted,
          plan: (...given: Parameters<typeof whenDeleted.plan>) => noting(whenDeleted.plan(...given)),
        },
      }),
    };
  });

/** What IAM is asked beside the call's own action, as its step says: on some resource of those that it names, under the condition that it names. */
function asDeclared(call: Call, declared: Declared, own: readonly string[]): readonly IamRequest[] {
  const besides = Object.entries(declared.get(nameOf(call)) ?? {}).filter(
    ([action]) => !own.includes(action) && action !== PASS_ROLE,
  );
  return besides.map(([action, grant]) => {
    const { resources, condition } = scopeOf(grant);
    const resource = filled(resources[0] ?? '*', call);
    return { action, resource, context: { ...contextOf(resource, call), ...equalsOf(condition, call) } };
  });
}

const PASS_ROLE = 'iam:PassRole';
const IS_ROLE = /^arn:[^:]+:iam::\d{12}:role\//;

/** Roles that a call gives away: every one that its input names. The step says to which service; without a word, to the call's own. */
function passed(call: Call, declared: Declared): readonly IamRequest[] {
  const grant = declared.get(nameOf(call))?.[PASS_ROLE];
  const to = grant && equalsOf(scopeOf(grant).condition, call)['iam:PassedToService'];
  return textsIn(call.input)
    .filter((text) => IS_ROLE.test(text))
    .map((role) => passing(role, to ?? `${call.service}.amazonaws.com`, call.accountId));
}

const nameOf = ({ service, operation }: { readonly service: string; readonly operation: string }) =>
  `${service}:${operation}`;

const textsIn = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : isObject(value) || Array.isArray(value)
      ? Object.values(value).flatMap(textsIn)
      : [];

/** The text with CloudFormation's parameters filled in, and some name for whatever it leaves open. */
const filled = (text: string, { region, accountId }: Call) =>
  text
    .replaceAll('${AWS::Partition}', 'aws')
    .replaceAll('${AWS::AccountId}', accountId)
    .replaceAll('${AWS::Region}', region)
    .replaceAll(/(?<=:.*)\*/g, 'any');

/** What a request has to hold to fulfil the condition: the first of each key's values. */
const equalsOf = (condition: Condition, call: Call): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.values(condition).flatMap((keys) =>
      Object.entries(keys).map(([key, value]) => [key, filled([value].flat()[0] ?? '', call)]),
    ),
  );

/** What a service asks of our key, with the role of whoever called it. */
const KEY_USES: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ['kms:Decrypt'],
  sns: ['kms:Decrypt', 'kms:GenerateDataKey'],
  'sqs:SendMessageBatch': ['kms:Decrypt', 'kms:GenerateDataKey'],
};

const contextOf = (resource: string, { region, accountId }: Call) => ({
  'aws:RequestedRegion': region,
  'aws:ResourceAccount': resource.split(':')[4] || accountId,
});

/** Where the requests come from: the account, our own key in it, whether the calls are about that key, and what steps say of their permissions. */
export interface Asking {
  readonly accountId: string;
  readonly key: string;
  readonly isAboutOwnKey?: boolean;
  readonly declared?: Declared;
}

/** Every question that IAM answers before a call of the account's own is made. */
export function iamRequestsOf(
  seen: SeenCall,
  { accountId, key, isAboutOwnKey = false, declared = new Map() }: Asking,
): readonly IamRequest[] {
  const call = { ...seen, accountId };
  const resource = call.service === 'kms' && isAboutOwnKey ? key : resourceOf(call);
  const own = iamActionsOf(call.service, call.operation, call.input);
  return [
    ...own.map((action) => ({ action, resource, context: contextOf(resource, call) })),
    ...asDeclared(call, declared, own),
    ...passed(call, declared),
    ...(KEY_USES[nameOf(call)] ?? KEY_USES[call.service] ?? []).map((action) =>
      keyUse(action, call.service, call.region, { accountId, key }),
    ),
  ];
}

/** The question whether a role may be given to a service. */
export const passing = (role: string, to: string, accountId: string): IamRequest => ({
  action: PASS_ROLE,
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
