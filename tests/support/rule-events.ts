import { ResourceType } from '@aws-sdk/client-config-service';
import { REGION } from './samples.ts';

/** The account itself and what the SDK's data names: AWS Config refuses a rule on any other type, and all else with it. */
export const KNOWN_TO_CONFIG = ['AWS::::Account', ...Object.values<string>(ResourceType)];

/** When Config made the item or began the round. */
export const CAPTURED = '2026-11-02T09:14:07.123Z';

/** What AWS Config hands to the function of a custom rule, with what differs. */
export const ruleInvocationOf = (
  accountId: string,
  controlId: string,
  invokingEvent: object,
  rest: object = {},
): Record<string, unknown> => ({
  version: '1.0',
  invokingEvent: JSON.stringify(invokingEvent),
  ruleParameters: JSON.stringify({ controlId }),
  resultToken: 'token-of-the-round',
  eventLeftScope: false,
  executionRoleArn: `arn:aws:iam::${accountId}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
  configRuleArn: `arn:aws:config:${REGION}:${accountId}:config-rule/config-rule-0a1b2c`,
  configRuleName: `evenkeel-${controlId}`,
  configRuleId: 'config-rule-0a1b2c',
  accountId,
  evaluationMode: 'DETECTIVE',
  ...rest,
});

/** The invoking event of an item; Config's `awsRegion` and more stand in it, but nothing that says how the resource is. */
export const itemChange = (accountId: string, resourceType: string, resourceId: string, rest: object = {}) => ({
  messageType: 'ConfigurationItemChangeNotification',
  recordVersion: '1.3',
  notificationCreationTime: '2026-11-02T09:14:09.000Z',
  configurationItemDiff: { changedProperties: {}, changeType: 'UPDATE' },
  configurationItem: itemOf(accountId, resourceType, resourceId, rest),
});

/** The same of an item that is larger than a message. */
export const oversizedChange = (accountId: string, resourceType: string, resourceId: string, rest: object = {}) => ({
  messageType: 'OversizedConfigurationItemChangeNotification',
  recordVersion: '1.0',
  notificationCreationTime: '2026-11-02T09:14:09.000Z',
  configurationItemSummary: { changeType: 'UPDATE', ...itemOf(accountId, resourceType, resourceId, rest) },
  s3DeliverySummary: { s3BucketLocation: 'bucket/item.json.gz', errorCode: null, errorMessage: null },
});

const itemOf = (awsAccountId: string, resourceType: string, resourceId: string, rest: object) => ({
  configurationItemVersion: '1.3',
  configurationItemCaptureTime: CAPTURED,
  configurationStateId: 1793610847123,
  configurationItemStatus: 'OK',
  awsAccountId,
  awsRegion: REGION,
  resourceType,
  resourceId,
  ...rest,
});

/** The invoking event of a round by the clock. */
export const scheduled = (awsAccountId: string) => ({
  messageType: 'ScheduledNotification',
  recordVersion: '1.0',
  awsAccountId,
  notificationCreationTime: CAPTURED,
});
