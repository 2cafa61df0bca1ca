import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Events that others recorded and published. They are read where they lie, and none is copied into the repository. */
const FOLDER = path.resolve(import.meta.dirname, '../../../shared/real-events');
export const isThere = existsSync(FOLDER);
export const FILES = isThere ? readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl')) : [];

// biome-ignore lint/suspicious/noExplicitAny: the tests read recorded JSON as a person would
export type Json = any;

export interface Line {
  readonly source: string;
  readonly text: string;
  readonly event: Json;
  /** The CloudTrail record, or the Config item or compliance change; null where the event names no resource. */
  readonly record: Json;
}

export const linesOf = (file: string): Line[] =>
  readFileSync(path.join(FOLDER, file), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const { _source, _kind, ...event } = JSON.parse(line);
      return {
        source: `${_source} ${_kind ?? ''}`.trim(),
        event,
        text: JSON.stringify(event),
        record: recordOf(event),
      };
    });

function recordOf(event: Json): Json {
  const inner = event.invokingEvent === undefined ? (event.detail ?? event) : JSON.parse(event.invokingEvent);
  if (inner.eventName !== undefined) return inner;
  return inner.configurationItem ?? inner.configurationItemSummary ?? (inner.resourceType ? inner : null);
}

const DETAIL_TYPES: Readonly<Record<string, string>> = {
  AwsApiCall: 'AWS API Call via CloudTrail',
  AwsServiceEvent: 'AWS Service Event via CloudTrail',
  AwsConsoleSignIn: 'AWS Console Sign In via CloudTrail',
};

/** What EventBridge makes of a CloudTrail record. */
export const enveloped = (record: Json) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': DETAIL_TYPES[record.eventType],
  source: `aws.${record.eventSource.split('.')[0]}`,
  account: record.recipientAccountId,
  time: record.eventTime,
  region: record.awsRegion,
  resources: [],
  detail: record,
});

// --- What a person reads out of them: nothing of the product's is used from here on ----------------------------------

/** Where an event says nothing of its account and region. */
export const FALLBACK = { accountId: '999988887777', region: 'eu-north-1' };
/** A launched instance has one volume, which the event does not name: it is looked up. */
export const volumeOf = (instanceId: string) => `vol-of-${instanceId}`;
/** The only VPC of every account. */
export const ONLY_VPC = 'vpc-of-the-account';

type Named = readonly [type: string, id: string];

const group = (id: string): Named[] => [['AWS::EC2::SecurityGroup', id]];
const groupOf = (r: Json) => group(r.requestParameters.groupId);
const snapshotOf = (r: Json): Named[] => [['AWS::EC2::Snapshot', r.requestParameters.snapshotId]];
const instancesOf = (set: Json) => [...new Set<string>(set.items.map((item: Json) => item.instanceId))];
const vpcsOf = (set: Json) =>
  [...new Set<string>(set.items.map((item: Json) => item.vpcId))].map((id): Named => ['AWS::EC2::VPC', id]);
const userOf = (r: Json): Named[] => [['AWS::IAM::User', r.requestParameters.userName]];
const databaseOf = (r: Json): Named[] => [['AWS::RDS::DBInstance', r.requestParameters.dBInstanceIdentifier]];
const trailOf = (name: string, { awsRegion: region, responseElements }: Json, account: string): Named[] => {
  const arn =
    responseElements?.trailARN ??
    (name.startsWith('arn:') ? name : `arn:aws:cloudtrail:${region}:${account}:trail/${name}`);
  return [
    ['AWS::::Account', account],
    ['AWS::CloudTrail::Trail', arn],
  ];
};

const roleOf = (r: Json): Named[] => [['AWS::IAM::Role', r.requestParameters.roleName]];
const aclOf = (r: Json): Named[] => [['AWS::EC2::NetworkAcl', r.requestParameters.networkAclId]];
const accountItself = (_: Json, account: string): Named[] => [['AWS::::Account', account]];
const policyOf = (r: Json): Named[] => [['AWS::IAM::Policy', r.requestParameters.policyArn]];
const functionOf = (r: Json): Named[] => [
  ['AWS::Lambda::Function', r.requestParameters.functionName.split(':').at(-1)],
];
const imageOf = (r: Json): Named[] => [['AWS::EC2::Image', r.requestParameters.imageId]];

/** By event source and name: the resource types and ids that controls should look at. All other events name nothing. */
export const NAMED: Readonly<Record<string, (record: Json, account: string) => Named[]>> = {
  'ec2 AuthorizeSecurityGroupIngress': groupOf,
  'ec2 AuthorizeSecurityGroupEgress': groupOf,
  'ec2 RevokeSecurityGroupIngress': groupOf,
  'ec2 RevokeSecurityGroupEgress': groupOf,
  'ec2 CreateSecurityGroup': (r) => group(r.responseElements.groupId),
  'ec2 ModifySecurityGroupRules': (r) => group(r.requestParameters.ModifySecurityGroupRulesRequest.GroupId),
  'ec2 RunInstances': (r) => [
    ...instancesOf(r.responseElements.instancesSet).flatMap((id): Named[] => [
      ['AWS::EC2::Instance', id],
      ['AWS::EC2::Volume', volumeOf(id)],
    ]),
    ...vpcsOf(r.responseElements.instancesSet),
  ],
  'ec2 StartInstances': (r) =>
    instancesOf(r.requestParameters.instancesSet).map((id): Named => ['AWS::EC2::Instance', id]),
  'ec2 CreateNetworkAclEntry': aclOf,
  'ec2 ReplaceNetworkAclEntry': aclOf,
  'ec2 DeleteNetworkAclEntry': aclOf,
  'ec2 ModifySnapshotAttribute': snapshotOf,
  'ec2 DeleteSnapshot': snapshotOf,
  'ec2 ModifyImageAttribute': imageOf,
  // It names flow logs, which are gone: every VPC may have lost one.
  'ec2 DeleteFlowLogs': () => [['AWS::EC2::VPC', ONLY_VPC]],
  // Classic Load Balancers have no ARN in the answer, and nobody looks at them.
  'elasticloadbalancing CreateLoadBalancer': (r) =>
    (r.responseElements.loadBalancers ?? []).map(
      (one: Json): Named => ['AWS::ElasticLoadBalancingV2::LoadBalancer', one.loadBalancerArn],
    ),
  'cloudfront CreateDistribution': (r) => [['AWS::CloudFront::Distribution', r.responseElements.distribution.id]],
  'cloudtrail StopLogging': (r, account) => trailOf(r.requestParameters.name, r, account),
  'cloudtrail DeleteTrail': (r, account) => trailOf(r.requestParameters.name, r, account),
  'cloudtrail UpdateTrail': (r, account) => trailOf(r.requestParameters.name, r, account),
  'cloudtrail PutEventSelectors': (r, account) => trailOf(r.requestParameters.trailName, r, account),
  's3 CreateBucket': (r) => [['AWS::S3::Bucket', r.requestParameters.bucketName]],
  's3 PutBucketAcl': (r) => [['AWS::S3::Bucket', r.requestParameters.bucketName]],
  'iam UpdateAccountPasswordPolicy': accountItself,
  'iam DeleteAccountPasswordPolicy': accountItself,
  'iam CreatePolicy': (r) => [['AWS::IAM::Policy', r.responseElements.policy.arn]],
  'iam CreatePolicyVersion': policyOf,
  'iam SetDefaultPolicyVersion': policyOf,
  'iam CreateGroup': (r) => [['AWS::IAM::Group', r.requestParameters.groupName]],
  'iam AttachRolePolicy': roleOf,
  // By the root user, about its own device.
  'iam CreateVirtualMFADevice': accountItself,
  'iam DeactivateMFADevice': accountItself,
  'iam DeleteVirtualMFADevice': accountItself,
  'iam CreateRole': roleOf,
  'iam UpdateAssumeRolePolicy': roleOf,
  'iam CreateUser': userOf,
  'iam AttachUserPolicy': userOf,
  'iam CreateLoginProfile': userOf,
  'iam UpdateLoginProfile': userOf,
  'signin ConsoleLogin': (r) =>
    r.responseElements.ConsoleLogin === 'Success' ? [['AWS::IAM::User', r.userIdentity.userName]] : [],
  'iam CreateAccessKey': userOf,
  'kms CreateKey': (r) => [['AWS::KMS::Key', r.responseElements.keyMetadata.keyId]],
  'kms PutKeyPolicy': (r) => [['AWS::KMS::Key', r.requestParameters.keyId.split('/').at(-1)]],
  'sns CreateTopic': (r) => [['AWS::SNS::Topic', r.responseElements.topicArn]],
  'sqs CreateQueue': (r) => [['AWS::SQS::Queue', r.responseElements.queueUrl]],
  'redshift CreateCluster': (r) => [['AWS::Redshift::Cluster', r.requestParameters.clusterIdentifier]],
  'logs DeleteLogGroup': (r, account) => [
    ['AWS::::Account', account],
    ['AWS::Logs::LogGroup', r.requestParameters.logGroupName],
  ],
  'dynamodb CreateTable': (r) => [['AWS::DynamoDB::Table', r.requestParameters.tableName]],
  'lambda AddPermission20150331v2': functionOf,
  'lambda CreateFunction20150331': functionOf,
  'lambda UpdateFunctionConfiguration20150331v2': functionOf,
  'rds ModifyDBSnapshotAttribute': (r) => [['AWS::RDS::DBSnapshot', r.requestParameters.dBSnapshotIdentifier]],
  'rds CreateDBCluster': (r) => [['AWS::RDS::DBCluster', r.requestParameters.dBClusterIdentifier]],
  'rds CreateDBInstance': databaseOf,
  'rds ModifyDBInstance': databaseOf,
};

/** Types that AWS Config names by the ids that we know them by. */
const CONFIG_TYPES = ['AWS::EC2::Instance', 'AWS::EC2::SecurityGroup', 'AWS::S3::Bucket'];

/** Users and distributions belong to no region, nor does what the account's trails record, nor what the root user did. */
const GLOBAL_TYPES = [
  'AWS::IAM::User',
  'AWS::IAM::Role',
  'AWS::IAM::Group',
  'AWS::IAM::Policy',
  'AWS::CloudFront::Distribution',
  'AWS::::Account',
];
const whereGlobal = (region: string): string => {
  // An anonymised region that is none of China's goes with all that are unknown.
  if (/^cn-\w+-\d+$/.test(region)) return 'cn-north-1';
  return region.startsWith('us-gov-') ? 'us-gov-west-1' : 'us-east-1';
};
const placed = (type: string, id: string, account: string, region: string, home = whereGlobal(region)) =>
  `${type} ${id} ${account} ${GLOBAL_TYPES.includes(type) ? home : region}`;

const accountOf = ({ event, record }: Line): string =>
  record.recipientAccountId ??
  event.account ??
  record.awsAccountId ??
  record.userIdentity?.accountId ??
  FALLBACK.accountId;

/** `type id account region` of each resource that the event names. `home`: the home region, where there is a deployment. */
export function namedBy(line: Line, home?: string): string[] {
  const { record } = line;
  if (record === null || record.errorCode !== undefined) return [];
  if (record.eventName === undefined)
    return CONFIG_TYPES.includes(record.resourceType)
      ? [placed(record.resourceType, record.resourceId, record.awsAccountId, record.awsRegion, home)]
      : [];
  const account = accountOf(line);
  const named = NAMED[`${record.eventSource.split('.')[0]} ${record.eventName}`]?.(record, account) ?? [];
  return named.map(([type, id]) => placed(type, id, account, record.awsRegion, home)).sort();
}

/** Calls of Classic Load Balancers have the source and the names of those of the others, so that the rules cannot tell them apart. */
export const isOfClassicLoadBalancer = ({ record }: Line): boolean =>
  record?.eventSource === 'elasticloadbalancing.amazonaws.com' && record.apiVersion === '2012-06-01';

/** Alarms that target tracking has made for itself go by calls of the same names as those of people. */
export const isOfTargetTracking = ({ record }: Line): boolean =>
  record?.eventSource === 'monitoring.amazonaws.com' &&
  record.requestParameters.alarmNames.every((name: string) => name.startsWith('TargetTracking-'));

/** True where a person would say that the root user did this (in the console or not), and no service for it. */
const isRootUsers = ({ record }: Line): boolean =>
  record?.userIdentity?.type === 'Root' &&
  [undefined, 'signin.amazonaws.com'].includes(record.userIdentity.invokedBy) &&
  record.eventType !== 'AwsServiceEvent';

/** What the event itself says is wrong: which detection, of what, by which call, and the sentence. */
export function detectedBy(line: Line, home?: string): Json[] {
  if (!isRootUsers(line)) return [];
  const { eventID, eventName, eventSource, sourceIPAddress, awsRegion } = line.record;
  const account = accountOf(line);
  return [
    {
      id: 'iam-root-user-unused',
      ref: placed('AWS::::Account', account, account, awsRegion, home),
      eventId: eventID,
      annotation: `The root user called ${eventName} of ${eventSource}, from ${sourceIPAddress}.`,
    },
  ];
}
