import { expect } from '@jest/globals';
import { type Change, changesIn } from '../../shared/engine/intake/parse-event.ts';

export const ACCOUNT = '111122223333';
export const GROUP = {
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-1',
  accountId: ACCOUNT,
  region: 'eu-west-1',
};

export const record = {
  eventVersion: '1.11',
  eventID: 'event-of-cloudtrail',
  eventTime: '2026-01-24T03:45:49Z',
  eventSource: 'ec2.amazonaws.com',
  eventName: 'AuthorizeSecurityGroupIngress',
  awsRegion: 'eu-west-1',
  recipientAccountId: ACCOUNT,
  sourceIPAddress: '192.0.2.1',
  userAgent: 'aws-cli/2.0.62',
  userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/ann`, accountId: '444455556666' },
  requestParameters: { groupId: 'sg-1' },
  responseElements: { _return: true },
};
export const envelope = {
  version: '0',
  id: 'event-of-eventbridge',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.somethingelse',
  account: ACCOUNT,
  time: '2026-01-24T03:45:50Z',
  region: 'eu-west-1',
  resources: [],
  detail: record,
};
export const item = {
  configurationItemVersion: '1.3',
  configurationItemStatus: 'OK',
  awsAccountId: ACCOUNT,
  awsRegion: 'eu-west-1',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-1',
  resourceName: 'web',
  configuration: {},
};
export const itemChange = {
  messageType: 'ConfigurationItemChangeNotification',
  notificationCreationTime: '2026-01-24T03:45:51Z',
  configurationItem: item,
};
export const oversized = {
  messageType: 'OversizedConfigurationItemChangeNotification',
  notificationCreationTime: '2026-01-24T03:45:51Z',
  configurationItemSummary: { ...item, changeType: 'UPDATE' },
  s3DeliverySummary: { s3BucketLocation: 'bucket/file.json.gz' },
};
export const compliance = {
  messageType: 'ComplianceChangeNotification',
  notificationCreationTime: '2026-01-24T03:45:51Z',
  configRuleName: 'restricted-ssh',
  awsAccountId: ACCOUNT,
  awsRegion: 'eu-west-1',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-1',
  newEvaluationResult: { complianceType: 'NON_COMPLIANT' },
};
export const inEventBridge = (detailType: string, detail: unknown) => ({
  ...envelope,
  'detail-type': detailType,
  detail,
});
export const inRule = (invokingEvent: unknown) => ({
  version: '1.0',
  invokingEvent: JSON.stringify(invokingEvent),
  ruleParameters: '{}',
  configRuleName: 'my-rule',
  accountId: ACCOUNT,
});
export const inSns = (value: unknown) => ({
  Type: 'Notification',
  MessageId: 'm-1',
  TopicArn: 'arn:aws:sns:eu-west-1:111122223333:t',
  Message: JSON.stringify(value),
});
export const inSnsEvent = (value: unknown) => ({
  Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns: inSns(value) }],
});
export const inSqsEvent = (...bodies: unknown[]) => ({
  Records: bodies.map((body) => ({ messageId: 'q-1', eventSource: 'aws:sqs', body: JSON.stringify(body) })),
});
export const inQueue = (value: unknown) => ({ MessageId: 'q-1', ReceiptHandle: 'h', Body: JSON.stringify(value) });
export const failed = (value: unknown) => ({
  version: '1.0',
  requestContext: { condition: 'RetriesExhausted' },
  requestPayload: value,
  responsePayload: { errorMessage: 'x' },
});

export const only = (input: unknown): Change => {
  const changes = changesIn(input);
  expect(changes).toHaveLength(1);
  return changes[0] as Change;
};

export const NAMED = { ...GROUP, resourceName: 'web', arn: null };
