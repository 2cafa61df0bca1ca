import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UnreadableEventError } from '../../../shared/engine/errors.ts';
import { type Change, changesIn, KNOWN_SHAPES } from '../../../shared/engine/intake/parse-event.ts';
import { RECHECK_DETAIL_TYPE } from '../../../shared/internal-events.ts';

const ACCOUNT = '111122223333';
const GROUP = { resourceType: 'AWS::EC2::SecurityGroup', resourceId: 'sg-1', accountId: ACCOUNT, region: 'eu-west-1' };

const record = {
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
const envelope = {
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
const item = {
  configurationItemVersion: '1.3',
  configurationItemStatus: 'OK',
  awsAccountId: ACCOUNT,
  awsRegion: 'eu-west-1',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-1',
  resourceName: 'web',
  configuration: {},
};
const itemChange = {
  messageType: 'ConfigurationItemChangeNotification',
  notificationCreationTime: '2026-01-24T03:45:51Z',
  configurationItem: item,
};
const oversized = {
  messageType: 'OversizedConfigurationItemChangeNotification',
  notificationCreationTime: '2026-01-24T03:45:51Z',
  configurationItemSummary: { ...item, changeType: 'UPDATE' },
  s3DeliverySummary: { s3BucketLocation: 'bucket/file.json.gz' },
};
const compliance = {
  messageType: 'ComplianceChangeNotification',
  notificationCreationTime: '2026-01-24T03:45:51Z',
  configRuleName: 'restricted-ssh',
  awsAccountId: ACCOUNT,
  awsRegion: 'eu-west-1',
  resourceType: 'AWS::EC2::SecurityGroup',
  resourceId: 'sg-1',
  newEvaluationResult: { complianceType: 'NON_COMPLIANT' },
};
const inEventBridge = (detailType: string, detail: unknown) => ({ ...envelope, 'detail-type': detailType, detail });
const inRule = (invokingEvent: unknown) => ({
  version: '1.0',
  invokingEvent: JSON.stringify(invokingEvent),
  ruleParameters: '{}',
  configRuleName: 'my-rule',
  accountId: ACCOUNT,
});
const inSns = (value: unknown) => ({
  Type: 'Notification',
  MessageId: 'm-1',
  TopicArn: 'arn:aws:sns:eu-west-1:111122223333:t',
  Message: JSON.stringify(value),
});
const inSnsEvent = (value: unknown) => ({
  Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns: inSns(value) }],
});
const inSqsEvent = (...bodies: unknown[]) => ({
  Records: bodies.map((body) => ({ messageId: 'q-1', eventSource: 'aws:sqs', body: JSON.stringify(body) })),
});
const inQueue = (value: unknown) => ({ MessageId: 'q-1', ReceiptHandle: 'h', Body: JSON.stringify(value) });
const failed = (value: unknown) => ({
  version: '1.0',
  requestContext: { condition: 'RetriesExhausted' },
  requestPayload: value,
  responsePayload: { errorMessage: 'x' },
});

const only = (input: unknown): Change => {
  const changes = changesIn(input);
  expect(changes).toHaveLength(1);
  return changes[0] as Change;
};

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

const NAMED = { ...GROUP, resourceName: 'web', arn: null };

describe('a resource of AWS Config', () => {
  test.each<[string, unknown, string | null, string?]>([
    ['an item change', inEventBridge('Config Configuration Item Change', itemChange), itemChange.messageType],
    ['an oversized item change', inEventBridge('Config Configuration Item Change', oversized), oversized.messageType],
    ['a message of Config’s own SNS topic', itemChange, itemChange.messageType],
    ['an oversized message', oversized, oversized.messageType],
    ['a rule invocation', inRule(itemChange), itemChange.messageType],
    ['a rule invocation for an oversized item', inRule(oversized), oversized.messageType],
    ['a rule invocation that is not encoded', { ...inRule(null), invokingEvent: itemChange }, itemChange.messageType],
    ['a raw item', item, null],
    ['a wrapped item', { configurationItem: item }, null],
  ])('is named by %s', (_name, input, eventName) => {
    expect(only(input)).toMatchObject({ kind: 'resource', eventName, attribution: null, resource: NAMED });
  });

  test.each<[string, unknown]>([
    ['a compliance change', inEventBridge('Config Rules Compliance Change', compliance)],
    ['a compliance message', compliance],
  ])('is named by %s, by its id alone', (_name, input) => {
    expect(only(input)).toMatchObject({
      kind: 'resource',
      eventName: compliance.messageType,
      resource: { ...GROUP, resourceName: null, arn: null },
    });
  });

  test.each(['ARN', 'arn'])('keeps its ARN, as %s', (key) => {
    const arn = 'arn:aws:rds:eu-west-1:111122223333:db:orders';
    expect(only({ ...item, [key]: arn })).toMatchObject({ resource: { ...NAMED, arn } });
  });

  test('is named whatever the case of the keys', () => {
    const upper = Object.fromEntries(
      Object.entries(item).map(([key, value]) => [`${key[0]?.toUpperCase()}${key.slice(1)}`, value]),
    );
    expect(only({ configurationItem: upper })).toMatchObject({ kind: 'resource', resource: NAMED });
  });

  test('takes account and region from around it where the item is silent', () => {
    const bare = { resourceType: 'AWS::S3::Bucket', resourceId: 'b' };
    expect(only(inEventBridge('Config Configuration Item Change', { configurationItem: bare }))).toMatchObject({
      resource: { accountId: ACCOUNT, region: 'eu-west-1' },
    });
    expect(only(inRule({ configurationItem: bare }))).toMatchObject({ resource: { accountId: ACCOUNT, region: '' } });
    expect(only(bare)).toMatchObject({ resource: { accountId: '', region: '' } });
  });

  test('of no region is asked for in the region that tells of it', () => {
    const global = { configurationItem: { ...item, awsRegion: 'global' } };
    const { resource } = only(inEventBridge('Config Configuration Item Change', global)) as {
      resource: object;
    } & Change;
    expect(resource).toMatchObject({ region: 'eu-west-1' });
    expect(only(inRule(global))).toMatchObject({ resource: { region: '' } });
  });
});

test('a recheck names a resource in our own words', () => {
  expect(only(inEventBridge(RECHECK_DETAIL_TYPE, GROUP))).toEqual({
    eventId: 'event-of-eventbridge',
    eventName: RECHECK_DETAIL_TYPE,
    eventTime: '2026-01-24T03:45:50Z',
    attribution: null,
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

describe('an envelope of transport', () => {
  test.each<[string, (value: unknown) => unknown]>([
    ['text', (value) => JSON.stringify(value)],
    ['text in text', (value) => JSON.stringify(JSON.stringify(value))],
    ['CloudTrail’s log file', (value) => ({ Records: [value] })],
    ['an array', (value) => [value]],
    ['SNS, as HTTP brings it', inSns],
    ['SNS, as Lambda is given it', inSnsEvent],
    ['SQS, as Lambda is given it', inSqsEvent],
    ['SQS, as ReceiveMessage gives it', inQueue],
    ['SQS, as the AWS CLI prints it', (value) => ({ Messages: [inQueue(value)] })],
    ['SNS in SQS in a Lambda event', (value) => inSqsEvent(inSns(value))],
    ['SNS in SQS as ReceiveMessage gives it', (value) => inQueue(inSns(value))],
    ['a failed invocation', failed],
    ['a failed invocation in SQS', (value) => inQueue(failed(value))],
    ['a failed invocation of SNS in SQS, in a saved list', (value) => [inSqsEvent(failed(inSnsEvent(value)))]],
    ['a failed invocation by SQS of SNS, sent to SNS', (value) => inSqsEvent(inSns(failed(inSqsEvent(inSns(value)))))],
  ])('%s carries each shape unchanged', (_name, wrap) => {
    for (const shape of [envelope, record, itemChange, inEventBridge('Config Rules Compliance Change', compliance)])
      expect(changesIn(wrap(shape))).toEqual(changesIn(shape));
  });

  test('with several messages gives each in turn, the unreadable among them', () => {
    const bad = { messageId: 'q-2', eventSource: 'aws:sqs', body: '{"broken' };
    const { Records } = inSqsEvent(envelope, itemChange);
    expect(changesIn({ Records: [Records[0], bad, Records[1]] }).map(({ kind }) => kind)).toEqual([
      'call',
      'unreadable',
      'resource',
    ]);
    expect(changesIn([record, [envelope, null], { Records: [record] }]).map(({ kind }) => kind)).toEqual([
      'call',
      'call',
      'unreadable',
      'call',
    ]);
  });

  test.each<[string, unknown]>([
    ['an empty array', []],
    ['an empty log file', { Records: [] }],
    ['an empty receive', { Messages: [] }],
    ['an array of empty ones', [[], '[]', { Records: [] }]],
  ])('%s holds no event, and so no change', (_name, input) => {
    expect(changesIn(input)).toEqual([]);
  });

  test('ends somewhere', () => {
    let deep: unknown = envelope;
    for (let depth = 0; depth < 50; depth++) deep = [deep];
    expect(only(deep)).toMatchObject({ kind: 'unreadable' });
  });
});

describe('what cannot be read', () => {
  test.each<[string, unknown, string | RegExp]>([
    ['null', null, 'null'],
    ['nothing', undefined, 'null'],
    ['the text null', 'null', 'null'],
    ['a number', 7, '7'],
    ['true', true, 'true'],
    ['plain text', 'hello', 'not JSON'],
    ['empty text', '', 'not JSON'],
    ['an empty object', {}, KNOWN_SHAPES],
    ['an object of another world', { foo: 'bar' }, KNOWN_SHAPES],
    ['Records that are no list', { Records: {} }, KNOWN_SHAPES],
    ['an envelope without detail', { ...envelope, detail: undefined }, '"detail"'],
    ['an envelope whose detail is null', { ...envelope, detail: null }, '"detail"'],
    ['an envelope whose detail is text', { ...envelope, detail: '{}' }, '"detail"'],
    ['a record without a name', { ...record, eventName: null }, '"eventName"'],
    ['a record with a name that is no text', { ...record, eventName: 7 }, '"eventName"'],
    ['an envelope around a record without source', { ...envelope, detail: { eventName: 'X' } }, '"eventSource"'],
    ['an event without a source', { ...envelope, 'detail-type': 'X', source: null, detail: {} }, '"source"'],
    ['an item change without item', inEventBridge('Config Configuration Item Change', {}), 'names no resource'],
    ['an item change that is null', { ...itemChange, configurationItem: null }, 'names no resource'],
    ['an oversized change without summary', { messageType: oversized.messageType }, 'names no resource'],
    ['an item without id', { ...item, resourceId: null }, '"resourceId"'],
    ['a compliance change without type', { ...compliance, resourceType: 1 }, '"resourceType"'],
    ['a rule invocation with broken JSON', { ...inRule(1), invokingEvent: '{"a' }, '"invokingEvent"'],
    ['a rule invocation of null', inRule(null), '"invokingEvent"'],
    ['broken JSON in a message', { ReceiptHandle: 'h', Body: '{"a' }, 'not JSON'],
    ['a message without body', { ReceiptHandle: 'h', Body: undefined }, 'null'],
    ['SNS without a message', { Records: [{ Sns: {} }] }, 'null'],
    ['SNS that speaks English', { ...inSns(0), Message: 'You have chosen to subscribe.' }, 'not JSON'],
    ['a failed invocation of nothing', failed(null), 'null'],
  ])('%s is told clearly', (_name, input, says) => {
    const change = only(input);
    if (change.kind !== 'unreadable') throw new Error(`read as ${change.kind}`);
    expect(change.error).toBeInstanceOf(UnreadableEventError);
    expect(change.error.message).toMatch(/^the event /);
    expect(change.error.message).toMatch(says);
  });

  test('keeps the id and name of the event, so that it can be found', () => {
    expect(only({ ...envelope, detail: null })).toMatchObject({
      eventId: 'event-of-eventbridge',
      eventName: 'AWS API Call via CloudTrail',
    });
    expect(only({ ...record, eventSource: null })).toMatchObject({
      eventId: 'event-of-cloudtrail',
      eventName: 'AuthorizeSecurityGroupIngress',
    });
  });
});

describe('any JSON at all', () => {
  /** No change comes only out of a list with nothing in it. */
  const expectChanges = (input: unknown) => {
    const changes = changesIn(input);
    expect(changes.length > 0 || JSON.stringify(input).includes('[]')).toBe(true);
    for (const change of changes) {
      expect(['call', 'event', 'resource', 'recheck', 'other', 'unreadable']).toContain(change.kind);
      for (const about of [change.eventId, change.eventName, change.eventTime])
        expect(about === null || typeof about === 'string').toBe(true);
    }
  };

  test('is read without a throw, and is never passed over in silence', () => {
    fc.assert(fc.property(fc.jsonValue(), expectChanges));
    fc.assert(fc.property(fc.json(), expectChanges));
    fc.assert(fc.property(fc.string(), expectChanges));
  });

  test('so it is where it looks like an event', () => {
    const { tree } = fc.letrec<{ tree: unknown; leaf: unknown }>((tie) => ({
      leaf: fc.oneof(
        fc.constantFrom<unknown>(null, 'null', '', 0, true, {}, [], '{', 'text', { omitted: true }),
        fc.constantFrom<unknown>(record, envelope, itemChange, item, inRule(itemChange)),
      ),
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        tie('leaf'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.record({ Records: tie('tree') }),
        fc.record({ Messages: tie('tree') }),
        fc.record({ Sns: fc.record({ Message: tie('tree') }) }),
        fc.record({ eventSource: fc.constantFrom('aws:sqs', 'ec2.amazonaws.com'), body: tie('tree') }),
        fc.record({ ReceiptHandle: tie('leaf'), Body: tie('tree') }),
        fc.record({ 'detail-type': fc.constantFrom('AWS API Call via CloudTrail', 'X', null), detail: tie('tree') }),
        fc.record({ invokingEvent: tie('tree') }),
        fc.record({ requestContext: tie('leaf'), requestPayload: tie('tree') }),
        fc.record({ configurationItem: tie('tree'), messageType: tie('leaf') }),
        fc.record({ eventName: tie('leaf'), eventSource: tie('leaf'), requestParameters: tie('tree') }),
        tie('tree').map((value) => JSON.stringify(value)),
      ),
    }));
    fc.assert(fc.property(tree, expectChanges), { numRuns: 500 });
  });
});
