import { expect, test } from '@jest/globals';
import scene from '../../../scenes/ec2/ec2-vpc-flow-logs-enabled.ts';
import control from '../../../shared/controls/ec2/ec2-vpc-flow-logs-enabled.ts';
import { FOREIGN, type ResourceRef } from '../../../shared/resource.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const VPC = 'vpc-0a9b8c7d6e5f40312';
const FlowLogId = 'fl-0c1d2e3f4a5b60718';
const ROLE = `arn:aws:iam::${SAMPLE_ACCOUNT}:role/delivery/flow-logs`;
const BUCKET = 'arn:aws:s3:::central-flow-logs/vpc/';

const toGroup = {
  FlowLogId,
  FlowLogStatus: 'ACTIVE',
  TrafficType: 'ALL',
  ResourceId: VPC,
  LogDestinationType: 'cloud-watch-logs',
  LogGroupName: 'flow-logs',
  DeliverLogsPermissionArn: ROLE,
  DeliverLogsStatus: 'SUCCESS',
  LogFormat: '${version} ${action}',
  MaxAggregationInterval: 60,
  Tags: [
    { Key: 'team', Value: 'network' },
    { Key: 'aws:cloudformation:stack-name', Value: 'network' },
  ],
} as const;
const toBucket = {
  FlowLogId,
  FlowLogStatus: 'ACTIVE',
  TrafficType: 'REJECT',
  LogDestinationType: 's3',
  LogDestination: BUCKET,
  DestinationOptions: { FileFormat: 'parquet', PerHourPartition: true },
} as const;
const failing = { ...toGroup, DeliverLogsStatus: 'FAILED', DeliverLogsErrorMessage: 'Access error' } as const;

type State = Parameters<typeof control.evaluate>[0];
const withLogs = (...flowLogs: readonly object[]) => ({
  vpc: { ownerId: SAMPLE_ACCOUNT, isDefault: false },
  flowLogs: flowLogs as State['flowLogs'],
});
const known = (...flowLogs: readonly object[]) => ({ flowLogs: flowLogs as State['flowLogs'] });
const group = { retentionInDays: null, kmsKeyId: null };
const trusting = (Service: string) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }] });
const trustPolicy = trusting('vpc-flow-logs.amazonaws.com');
const none = { ...withLogs(), logGroup: null, trustPolicy: null };
const ready = { ...withLogs(), logGroup: group, trustPolicy };

const create = (destination: object) =>
  ['CreateFlowLogs', { ResourceIds: [VPC], ResourceType: 'VPC', ...destination }] as const;
const again = create({
  TrafficType: 'ALL',
  LogDestinationType: 'cloud-watch-logs',
  LogGroupName: 'flow-logs',
  DeliverLogsPermissionArn: ROLE,
  LogFormat: '${version} ${action}',
  MaxAggregationInterval: 60,
  TagSpecifications: [{ ResourceType: 'vpc-flow-log', Tags: [{ Key: 'team', Value: 'network' }] }],
});
const parameters = { logDestination: 'flow-logs', deliverLogsRoleArn: ROLE };

testControl(control, {
  resourceId: VPC,
  answers: { CreateFlowLogs: { FlowLogIds: [FlowLogId] } },
  compliant: {
    'all traffic': withLogs(toGroup),
    'rejected traffic': withLogs(toBucket),
    'one that delivers, beside one that does not': withLogs(failing, toBucket),
    'one that has not delivered yet': withLogs({ ...toBucket, DeliverLogsStatus: undefined }),
  },
  notApplicable: {
    'a VPC that another account shares': { ...withLogs(), vpc: { ownerId: '444455556666', isDefault: false } },
  },
  nonCompliant: {
    'no flow log, and nothing is known': { given: none, plan: [], byHand: 'logDestination', says: 'has no flow log.' },
    'no flow log, where one to a log group was': {
      given: ready,
      lastKnown: known(toGroup),
      plan: [again],
      undo: [['DeleteFlowLogs', { FlowLogIds: [FlowLogId] }]],
      after: withLogs(toGroup),
    },
    'no flow log, where one to a log group was, by the role that policy.yml allows': {
      given: ready,
      lastKnown: known(toGroup),
      parameters: { deliverLogsRoleArn: ROLE },
      plan: [again],
      after: withLogs(toGroup),
    },
    'no flow log, where one to a log group was, by another role': {
      given: ready,
      lastKnown: known(toGroup),
      parameters: { deliverLogsRoleArn: `${ROLE}-allowed` },
      plan: [],
      byHand: `with ${ROLE}, and policy.yml allows ${ROLE}-allowed alone`,
    },
    'no flow log, where one to a bucket was': {
      given: none,
      lastKnown: known(failing, toBucket),
      plan: [
        create({
          TrafficType: 'REJECT',
          LogDestinationType: 's3',
          LogDestination: BUCKET,
          DestinationOptions: { FileFormat: 'parquet', PerHourPartition: true },
        }),
      ],
      after: withLogs(toBucket),
    },
    'no flow log, where one to another account was': {
      given: { ...withLogs(), logGroup: FOREIGN, trustPolicy },
      lastKnown: known({ ...toGroup, Tags: [], DeliverCrossAccountRole: 'arn:aws:iam::444455556666:role/logs' }),
      plan: [
        create({
          TrafficType: 'ALL',
          LogDestinationType: 'cloud-watch-logs',
          LogGroupName: 'flow-logs',
          DeliverLogsPermissionArn: ROLE,
          DeliverCrossAccountRole: 'arn:aws:iam::444455556666:role/logs',
          LogFormat: '${version} ${action}',
          MaxAggregationInterval: 60,
        }),
      ],
      after: withLogs(toGroup),
    },
    'no flow log, where one to Firehose was': {
      given: none,
      lastKnown: known({ ...toBucket, LogDestinationType: 'kinesis-data-firehose' }),
      plan: [],
      byHand: 'Firehose',
    },
    'no flow log, and a log group for one': {
      given: ready,
      parameters: { ...parameters, trafficType: 'REJECT' },
      plan: [
        create({
          TrafficType: 'REJECT',
          LogDestinationType: 'cloud-watch-logs',
          LogGroupName: 'flow-logs',
          DeliverLogsPermissionArn: ROLE,
        }),
      ],
      after: withLogs(toGroup),
    },
    'no flow log, and a bucket for one': {
      given: none,
      parameters: { logDestination: BUCKET },
      plan: [create({ TrafficType: 'ALL', LogDestinationType: 's3', LogDestination: BUCKET })],
      after: withLogs(toBucket),
    },
    'no flow log, and a log group that does not exist': {
      given: { ...ready, logGroup: null },
      parameters,
      plan: [],
      byHand: 'log group that the flow log would deliver to does not exist',
    },
    'no flow log, and a role that does not exist': {
      given: { ...ready, trustPolicy: null },
      parameters,
      plan: [],
      byHand: 'role of the flow log does not exist',
    },
    'no flow log, and a role of another account': {
      given: { ...ready, trustPolicy: FOREIGN },
      parameters,
      plan: [],
      byHand: 'does not allow vpc-flow-logs',
    },
    'no flow log, and a role for something else': {
      given: { ...ready, trustPolicy: trusting('ec2.amazonaws.com') },
      parameters,
      plan: [],
      byHand: 'does not allow vpc-flow-logs',
    },
    'accepted traffic only': {
      given: { ...none, ...withLogs({ ...toGroup, TrafficType: 'ACCEPT' }) },
      parameters: { logDestination: BUCKET },
      plan: [create({ TrafficType: 'ALL', LogDestinationType: 's3', LogDestination: BUCKET })],
      after: withLogs(toBucket),
      says: 'no flow log that records rejected traffic',
    },
    'one that does not deliver': {
      given: { ...ready, ...withLogs(failing) },
      parameters,
      plan: [],
      byHand: 'repaired at its destination',
      says: `${FlowLogId} of the VPC does not deliver: Access error`,
      same: { 'for another reason': withLogs({ ...failing, DeliverLogsErrorMessage: 'Rate limited' }) },
      other: { 'no flow log at all': withLogs() },
    },
  },
  besides: {
    'logs:DeleteLogDelivery': 'EC2 asks for it of whoever deletes a flow log that delivers to a bucket',
    'ec2:CreateTags': 'CreateFlowLogs tags the new flow log',
    'iam:PassRole': 'CreateFlowLogs gives the role to the service',
    'logs:CreateLogDelivery': 'CreateFlowLogs has AWS deliver to a bucket',
  },
});

const ref: ResourceRef = {
  resourceType: 'AWS::EC2::VPC',
  resourceId: VPC,
  accountId: SAMPLE_ACCOUNT,
  region: 'eu-west-1',
};
const { logGroup, trustPolicy: trust } = control.related ?? {};
/** What a related facet asks for: the call's input and its region. */
async function asked(facet: NonNullable<typeof logGroup> | typeof trust, context: object) {
  const calls: unknown[] = [];
  const aws = (_client: unknown, region?: string) => ({
    async send({ input }: { input: object }) {
      calls.push([input, region]);
      throw Object.assign(new Error('none'), { name: 'NoSuchEntity' });
    },
  });
  const answer = await facet
    ?.read(aws as never, ref, { parameters: {}, lastKnown: null, ...context } as never)
    .catch(() => null);
  return { calls, answer };
}

test.each([
  ['the name that the parameters give', { parameters }, 'flow-logs', 'eu-west-1'],
  ['the name that the flow log had', { lastKnown: known(toGroup) }, 'flow-logs', 'eu-west-1'],
  [
    'the ARN that the flow log had',
    {
      lastKnown: known({
        ...toGroup,
        LogDestination: `arn:aws:logs:eu-central-1:${SAMPLE_ACCOUNT}:log-group:vpc:*`,
      }),
    },
    'vpc',
    'eu-central-1',
  ],
])('the log group is read by %s', async (_name, context, logGroupNamePrefix, region) => {
  const { calls } = await asked(logGroup, context);
  expect(calls).toEqual([[{ logGroupNamePrefix, limit: 1 }, region]]);
});

test('no log group is read for a bucket, and the role is read by its name without its path', async () => {
  const toS3 = { parameters: { ...parameters, logDestination: BUCKET } };
  expect(await asked(logGroup, toS3)).toEqual({ calls: [], answer: null });
  expect(await asked(trust, toS3)).toEqual({ calls: [], answer: null });
  expect(await asked(trust, { parameters })).toMatchObject({ calls: [[{ RoleName: 'flow-logs' }, 'eu-west-1']] });
});

testScene(control, scene);
