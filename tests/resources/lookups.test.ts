import { expect, test } from '@jest/globals';
import { controls } from '../../shared/controls/index.ts';
import type { Change } from '../../shared/engine/intake/parse-event.ts';
import { changesIn } from '../../shared/engine/intake/parse-event.ts';
import { route } from '../../shared/engine/intake/route.ts';
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
