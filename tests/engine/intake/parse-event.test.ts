import { describe, expect, test } from '@jest/globals';
import { RECHECK_DETAIL_TYPE } from '../../../shared/internal-events.ts';
import { ACCOUNT, envelope, GROUP, inEventBridge, inRule, only, record } from '../../support/event-shapes.ts';

describe('a call', () => {
  test('in an EventBridge envelope takes its id from the envelope, and all else from the record', () => {
    expect(only(envelope)).toEqual({
      eventId: 'event-of-eventbridge',
      eventName: 'AuthorizeSecurityGroupIngress',
      eventTime: '2026-01-24T03:45:49Z',
      attribution: {
        actor: `arn:aws:iam::${ACCOUNT}:user/ann`,
        sourceIp: '192.0.2.1',
        userAgent: 'aws-cli/2.0.62',
        tool: 'CLI',
      },
      accountIds: [ACCOUNT],
      kind: 'call',
      record: {
        eventSource: 'ec2.amazonaws.com',
        eventName: 'AuthorizeSecurityGroupIngress',
        accountId: ACCOUNT,
        region: 'eu-west-1',
        request: { groupId: 'sg-1' },
        response: { _return: true },
        omitted: false,
        errorCode: null,
        userIdentity: record.userIdentity,
        raw: record,
      },
    });
  });

  test.each(['AWS Service Event via CloudTrail', 'AWS Console Sign In via CloudTrail'])(
    'is also what CloudTrail records of others than callers: %s',
    (detailType) => {
      expect(only({ ...envelope, 'detail-type': detailType })).toEqual(only(envelope));
    },
  );

  test('alone is the same with CloudTrail’s own id', () => {
    expect(only(record)).toEqual({ ...only(envelope), eventId: 'event-of-cloudtrail' });
  });

  test('takes account, region and time from the envelope where the record is silent', () => {
    const { awsRegion, recipientAccountId, eventTime, ...silent } = record;
    expect(only({ ...envelope, account: '777788889999', region: 'us-east-2', detail: silent })).toMatchObject({
      eventTime: '2026-01-24T03:45:50Z',
      record: { accountId: '777788889999', region: 'us-east-2' },
    });
    expect(only(silent)).toMatchObject({ eventTime: null, record: { accountId: '444455556666', region: '' } });
    expect(only({ ...silent, userIdentity: null })).toMatchObject({ record: { accountId: '', region: '' } });
  });

  test.each<[string, unknown, object | null]>([
    ['missing', undefined, null],
    ['null', null, null],
    ['the text "null"', 'null', null],
    ['the wrapped form', { AuthorizeSecurityGroupIngressRequest: { GroupId: 'sg-1' } }, { GroupId: 'sg-1' }],
    ['an empty wrapper', { AuthorizeSecurityGroupIngressRequest: '' }, null],
    ['a list', [{ groupId: 'sg-1' }], null],
  ])('whose requestParameters are %s', (_name, requestParameters, request) => {
    expect(only({ ...record, requestParameters })).toMatchObject({ kind: 'call', record: { request, omitted: false } });
  });

  test.each(['requestParameters', 'responseElements'])('whose %s were too large says so', (part) => {
    const omitted = { omitted: true, originalSize: 120541, reason: 'too large' };
    expect(only({ ...record, [part]: omitted })).toMatchObject({ kind: 'call', record: { omitted: true } });
  });

  test('that failed says how', () => {
    expect(only({ ...record, errorCode: 'Client.DryRunOperation' })).toMatchObject({
      record: { errorCode: 'Client.DryRunOperation' },
    });
  });
});

test('a recheck names a resource in our own words', () => {
  expect(only({ ...inEventBridge(RECHECK_DETAIL_TYPE, GROUP), source: 'evenkeel' })).toEqual({
    eventId: 'event-of-eventbridge',
    eventName: RECHECK_DETAIL_TYPE,
    eventTime: '2026-01-24T03:45:50Z',
    attribution: null,
    accountIds: [ACCOUNT],
    kind: 'recheck',
    resource: GROUP,
  });
});

describe('an event that is no call', () => {
  const detailType = 'RDS DB Instance Event';
  const detail = { SourceIdentifier: 'orders', EventCategories: ['creation'] };
  const event = { ...inEventBridge(detailType, detail), source: 'aws.rds', resources: ['arn:aws:rds:x'] };

  test('keeps what routing reads', () => {
    expect(only(event)).toEqual({
      eventId: 'event-of-eventbridge',
      eventName: detailType,
      eventTime: '2026-01-24T03:45:50Z',
      attribution: null,
      accountIds: [ACCOUNT],
      kind: 'event',
      record: {
        source: 'aws.rds',
        detailType,
        accountId: ACCOUNT,
        region: 'eu-west-1',
        resources: ['arn:aws:rds:x'],
        detail,
      },
    });
  });

  test('is none by a field that is called eventName', () => {
    const service = { ...event, detail: { eventName: 'SERVICE_STEADY_STATE', eventType: 'INFO' } };
    expect(only(service)).toMatchObject({ kind: 'event', record: { detail: service.detail } });
  });

  test('whose account, region and resources are missing is read all the same', () => {
    const { account, region, resources, ...bare } = event;
    expect(only({ ...bare, resources: 'x' })).toMatchObject({
      record: { accountId: '', region: '', resources: ['x'] },
    });
    expect(only(bare)).toMatchObject({ record: { accountId: '', region: '', resources: [] } });
    expect(only({ ...bare, source: undefined })).toMatchObject({ kind: 'unreadable' });
  });
});

describe('what concerns no resource', () => {
  test.each<[string, unknown]>([
    ['a scheduled rule invocation', inRule({ messageType: 'ScheduledNotification', awsAccountId: ACCOUNT })],
    ['a snapshot delivery', inRule({ messageType: 'ConfigurationSnapshotDeliveryCompleted' })],
    ['a snapshot delivery on Config’s topic', { messageType: 'ConfigurationHistoryDeliveryCompleted' }],
  ])('%s is told apart from what cannot be read', (_name, input) => {
    expect(only(input)).toMatchObject({ kind: 'other', reason: expect.stringMatching(/name|concern/) });
  });
});
