import { expect, test } from '@jest/globals';
import { controls } from '../../shared/controls/index.ts';
import type { Change } from '../../shared/engine/intake/parse-event.ts';
import { changesIn } from '../../shared/engine/intake/parse-event.ts';
import { route } from '../../shared/engine/intake/route.ts';
import { group } from '../../shared/resources/iam/group.ts';
import { policy } from '../../shared/resources/iam/policy.ts';
import { role } from '../../shared/resources/iam/role.ts';
import { user } from '../../shared/resources/iam/user.ts';
import { dbCluster } from '../../shared/resources/rds/cluster.ts';
import { dbInstance } from '../../shared/resources/rds/instance.ts';
import { EMPTY_BODIES, withAnswer } from '../support/empty-answers.ts';
import { REGION, SAMPLE_ACCOUNT } from '../support/samples.ts';

const call = (eventSource: string, eventName: string, requestParameters: object, responseElements: object = {}) => ({
  eventSource,
  eventName,
  requestParameters,
  responseElements,
  awsRegion: REGION,
  recipientAccountId: SAMPLE_ACCOUNT,
  eventVersion: '1.09',
  eventID: 'e-1',
  eventTime: '2026-11-22T00:00:00Z',
});

const launched = { instancesSet: { items: [{ instanceId: 'i-0a1b2c3d4e5f60718' }] } };

/** Events that name no id, so that AWS is asked for it. */
const EVENTS = [
  call('ec2.amazonaws.com', 'AuthorizeSecurityGroupIngress', { groupName: 'web' }),
  call('ec2.amazonaws.com', 'ModifyManagedPrefixList', {
    ModifyManagedPrefixListRequest: { PrefixListId: 'pl-0a1b2c3d4e5f60718' },
  }),
  call('ec2.amazonaws.com', 'CreateVpc', {}, { vpc: { vpcId: 'vpc-0a1b2c3d4e5f60718' } }),
  call('ec2.amazonaws.com', 'RunInstances', {}, launched),
  call('ec2.amazonaws.com', 'CreateReplaceRootVolumeTask', { InstanceId: 'i-0a1b2c3d4e5f60718' }),
  call('ec2.amazonaws.com', 'DeleteFlowLogs', { DeleteFlowLogsRequest: { FlowLogId: { content: 'fl-1' } } }),
  call('ec2.amazonaws.com', 'AssociateAddress', { networkInterfaceId: 'eni-0a1b2c3d4e5f60718' }),
  call('ec2.amazonaws.com', 'AttachInternetGateway', { vpcId: 'vpc-0a1b2c3d4e5f60718' }),
  call('ec2.amazonaws.com', 'DisassociateRouteTable', { associationId: 'rtbassoc-0a1b2c3d4e5f60718' }),
  call('logs.amazonaws.com', 'DeleteLogGroup', { logGroupName: 'audit' }),
  call('rds.amazonaws.com', 'ModifyDBParameterGroup', { dBParameterGroupName: 'orders' }),
  call('rds.amazonaws.com', 'ModifyDBSubnetGroup', { dBSubnetGroupName: 'orders' }),
  call('redshift.amazonaws.com', 'ModifyClusterParameterGroup', { parameterGroupName: 'audit' }),
  call('secretsmanager.amazonaws.com', 'RotateSecret', { secretId: 'prod/db' }),
  call('sqs.amazonaws.com', 'SetQueueAttributes', {
    queueUrl: `https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com/${SAMPLE_ACCOUNT}/orders`,
  }),
];

test.each(EVENTS.map((event) => [event.eventName, event] as const))(
  'a look-up for %s that is answered with nothing at all finds no resource, and loses none',
  async (_name, event) => {
    const [change] = changesIn(event) as Iterable<Change>;
    for (const body of EMPTY_BODIES) {
      const { unreadable } = await withAnswer(body, (aws) =>
        route(change as Change, { controls, aws: () => aws, fallback: { accountId: SAMPLE_ACCOUNT, region: REGION } }),
      );
      expect(unreadable.length).toBeGreaterThan(0);
      for (const error of unreadable)
        expect(String(error)).toMatch(/IncompleteAnswerError: |SyntaxError: |parse error/);
    }
  },
);

/** Types that are looked up by the id that AWS Config has for them, where it names nothing beside it. */
const CONFIG_IDS = [
  [dbCluster, 'cluster-ABCDEFGHIJKLMNOPQRSTUVWXY0'],
  [dbInstance, 'db-ABCDEFGHIJKLMNOPQRSTUVWXY0'],
  [group, 'AGPAEXAMPLEEXAMPLE001'],
  [policy, 'ANPAEXAMPLEEXAMPLE001'],
  [role, 'AROAEXAMPLEEXAMPLE001'],
  [user, 'AIDAEXAMPLEEXAMPLE001'],
] as const;

test.each(CONFIG_IDS.map(([{ type, identify }, resourceId]) => [type, identify, resourceId] as const))(
  'that AWS Config names %s that does not exist, no answer without a list says',
  async (resourceType, identify, resourceId) => {
    const place = { accountId: SAMPLE_ACCOUNT, region: REGION };
    const item = { ...place, resourceType, resourceId, resourceName: null, arn: null };
    for (const body of EMPTY_BODIES)
      expect(await withAnswer(body, async (aws) => identify?.(aws, item)).catch(String)).toMatch(
        /IncompleteAnswerError: |SyntaxError: |parse error/,
      );
  },
);
