import { expect, test } from '@jest/globals';
import scene from '../../../scenes/cloudtrail/cloudtrail-cloudwatch-logs-enabled.ts';
import { freshEvent } from '../../../scenes/fresh-event.ts';
import control from '../../../shared/controls/cloudtrail/cloudtrail-cloudwatch-logs-enabled.ts';
import { trail } from '../../../shared/resources/cloudtrail/trail.ts';
import { testAccount } from '../../support/sandbox.ts';
import { testControl } from '../../support/test-control.ts';
import { idsFrom } from '../../support/test-resource.ts';
import { sceneAccount, testScene } from '../../support/test-scene.ts';

const ARN = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit';
const groupArn = (name: string) => `arn:aws:logs:eu-west-1:111122223333:log-group:${name}:*`;
const ROLE = 'arn:aws:iam::111122223333:role/delivery/audit';

const quiet = {
  LatestCloudWatchLogsDeliveryTime: null as string | null,
  LatestCloudWatchLogsDeliveryError: null as string | null,
};
const given = (group: string | null, delivered: Partial<typeof quiet> = {}) => ({
  logsDestination: {
    CloudWatchLogsLogGroupArn: group === null ? null : groupArn(group),
    CloudWatchLogsRoleArn: group === null ? null : ROLE,
  },
  logsDelivery: { ...quiet, ...delivered },
});
const parameters = { logGroupName: 'audit-trail', roleArn: ROLE };
const update = (CloudWatchLogsLogGroupArn: string, CloudWatchLogsRoleArn: string) =>
  [['UpdateTrail', { Name: 'audit', CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn }]] as const;
const now = new Date('2026-01-03T00:00:00Z');

testControl(control, {
  resourceId: ARN,
  compliant: {
    'it wrote an hour ago': { ...given('audit', { LatestCloudWatchLogsDeliveryTime: '2026-01-02T23:00:00Z' }), now },
    'a trail that has just been made': { ...given('audit'), now },
  },
  nonCompliant: {
    'it had a log group before': {
      given: given(null),
      lastKnown: { logsDestination: given('before').logsDestination },
      parameters,
      plan: update(groupArn('before'), ROLE),
      after: given('before'),
      undo: update('', ''),
      says: 'audit delivers to no log group.',
      elements: [['CloudWatchLogsLogGroupArn', 'CloudWatchLogsRoleArn']],
    },
    'the policy names one': {
      given: given(null),
      parameters,
      plan: update(groupArn('audit-trail'), ROLE),
      after: given('audit-trail'),
    },
    'nobody names one': {
      given: given(null),
      plan: [],
      byHand: 'logGroupName and roleArn are not both set',
    },
    'it has not written for two days': {
      given: {
        ...given('audit', {
          LatestCloudWatchLogsDeliveryTime: '2026-01-01T00:00:00Z',
          LatestCloudWatchLogsDeliveryError: 'AccessDenied',
        }),
      },
      now,
      plan: [],
      byHand: 'repaired at its log group or its role',
      says: 'last wrote to its log group 2026-01-01T00:00:00Z: AccessDenied.',
      same: {
        'a day later': { logsDelivery: { ...quiet, LatestCloudWatchLogsDeliveryTime: '2025-12-31T00:00:00Z' } },
      },
    },
    'it never could': {
      given: given('audit', { LatestCloudWatchLogsDeliveryError: 'AccessDenied' }),
      plan: [],
      byHand: 'repaired at its log group or its role',
      says: 'last wrote to its log group never: AccessDenied.',
    },
  },
  besides: { 'iam:PassRole': 'CloudTrail is given the role' },
});

test('a log group that is deleted leads to the trails that write to it', async () => {
  const account = await testAccount();
  await scene.prepare(sceneAccount(account));
  const deleted = (name: string) =>
    freshEvent('cloudtrail/DeleteLogGroup', account, { 'requestParameters.logGroupName': name });
  const arn = `arn:aws:cloudtrail:${account.region}:${account.accountId}:trail/alarms`;
  expect(await idsFrom(trail, deleted('audit-trail'), account)).toEqual([arn]);
  expect(await idsFrom(trail, deleted('audit'), account)).toEqual([]);
});

testScene(control, scene);
