import { expect, test } from '@jest/globals';
import { anyCall } from '../shared/detection.ts';
import { isTriggeredBy } from '../shared/engine/intake/trigger.ts';
import type { CallRecord } from '../shared/event.ts';

const RECORD: CallRecord = {
  eventSource: 'ec2.amazonaws.com',
  eventName: 'RunInstances',
  accountId: '111122223333',
  region: 'eu-west-1',
  request: null,
  response: null,
  omitted: false,
  errorCode: 'UnauthorizedOperation',
  userIdentity: { type: 'Root' },
  raw: {},
};

test('anyCall is triggered by calls of whatever name, failed ones too, and by nothing else', () => {
  const trigger = anyCall({ userIdentity: { type: ['Root'] } });
  expect(trigger.match).toEqual({ userIdentity: { type: ['Root'] } });
  expect(isTriggeredBy(trigger, { kind: 'call', record: RECORD })).toBe(true);
  const record = { source: 'aws.rds', detailType: 'RDS', accountId: '', region: '', resources: [], detail: {} };
  expect(isTriggeredBy(trigger, { kind: 'event', record })).toBe(false);
});
