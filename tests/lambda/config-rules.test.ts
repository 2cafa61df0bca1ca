import { CloudTrailClient, CreateTrailCommand } from '@aws-sdk/client-cloudtrail';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateSecurityGroupCommand,
  CreateVolumeCommand,
  EC2Client,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { services } from '../../functions/config-rules/services.ts';
import { controls } from '../../shared/controls/index.ts';
import { createRulesHandler } from '../../shared/lambda/config-rules.ts';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { isWrite, wireTo } from '../support/aws-proxy.ts';
import { makeHands } from '../support/cli-fixture.ts';
import { configServer } from '../support/config-server.ts';
import { ADMIN_PORTS, openGroup } from '../support/drift.ts';
import { CAPTURED, itemChange, oversizedChange, ruleInvocationOf, scheduled } from '../support/rule-events.ts';
import { REGION } from '../support/samples.ts';

const hands = await makeHands();
const { account, ledger } = hands;
const { accountId } = account;
const config = await configServer(account.endpoint);
/** Each refuses something of its own, or counts. */
const [blind, half, silent, counting, forbidden] = await Promise.all([
  wireTo(account.endpoint),
  wireTo(account.endpoint),
  wireTo(account.endpoint),
  wireTo(account.endpoint),
  wireTo(account.endpoint),
]);
const ec2 = account.aws()(EC2Client);
const GROUP = 'AWS::EC2::SecurityGroup';
const VOLUME = 'AWS::EC2::Volume';
const VOLUMES = 'ec2-ebs-volume-encrypted';
const BY_POLICY =
  '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>Not you, with an explicit deny in a service control policy.</Message></Error></Errors></Response>';
const QUIET = { POWERTOOLS_LOG_LEVEL: 'SILENT' };
const DETECT: PolicyDocument = { defaults: { mode: 'detect' } };

/** The function as it is deployed with a policy.yml and in an environment. */
function deployed(policy = DETECT, env: Readonly<Record<string, string>> = {}) {
  const { AWS_ENDPOINT_URL } = process.env;
  Object.assign(process.env, hands.env, QUIET, { AWS_ENDPOINT_URL_CONFIG_SERVICE: config.endpoint }, env);
  const handler = createRulesHandler(services, policy);
  const context = { invokedFunctionArn: `arn:aws:lambda:${REGION}:${accountId}:function:rules` } as Context;
  return async (event: unknown) => {
    Object.assign(process.env, env);
    try {
      return await handler(event, context);
    } finally {
      process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
    }
  };
}
const item = (id: string, controlId: string = ADMIN_PORTS, rest: object = {}, more: object = {}) =>
  ruleInvocationOf(accountId, controlId, itemChange(accountId, GROUP, id, rest), more);
const round = (controlId: string, more: object = {}) =>
  ruleInvocationOf(accountId, controlId, scheduled(accountId), more);

/** What Config was told since. */
const told = () => config.take().flatMap(({ Evaluations }) => Evaluations);
const OPEN = 'Open to the world: tcp 22 from 0.0.0.0/0.';
const evaluationOf = (
  ComplianceResourceId: string,
  ComplianceType: string,
  Annotation: unknown = expect.any(String),
) => ({
  ComplianceResourceType: GROUP,
  ComplianceResourceId,
  ComplianceType,
  Annotation,
  OrderingTimestamp: Date.parse(CAPTURED) / 1000,
});

beforeEach(() => {
  config.take();
  config.refuse([], 0);
});

describe('an item', () => {
  let group: string;
  beforeAll(async () => {
    group = await openGroup(account, 'item');
  });

  test.each([
    ['whole', itemChange],
    ['too large for a message', oversizedChange],
  ])('%s leads to one evaluation of the live resource', async (_, change) => {
    const event = ruleInvocationOf(accountId, ADMIN_PORTS, change(accountId, GROUP, group, { configuration: '{}' }));
    expect(await deployed()(event)).toEqual({ reported: 1 });
    expect(config.take()).toEqual([
      {
        ResultToken: 'token-of-the-round',
        TestMode: false,
        Evaluations: [evaluationOf(group, 'NON_COMPLIANT', OPEN)],
      },
    ]);
  });

  test('is a hint: what is right by now is told as right', async () => {
    const mended = await openGroup(account, 'mended');
    const permission = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: mended, IpPermissions: [permission] }));
    await deployed()(item(mended));
    expect(told()).toEqual([evaluationOf(mended, 'COMPLIANT')]);
  });

  test('is evaluated by the parameters of policy.yml', async () => {
    const policy: PolicyDocument = { ...DETECT, controls: { [ADMIN_PORTS]: { parameters: { ports: [3389] } } } };
    await deployed(policy)(item(group));
    expect(told()).toEqual([evaluationOf(group, 'COMPLIANT')]);
  });

  test.each<[string, object, object, string]>([
    ['has left the scope', {}, { eventLeftScope: true }, 'It has left the scope of the rule.'],
    ['is deleted', { configurationItemStatus: 'ResourceDeleted' }, {}, 'AWS Config reports ResourceDeleted.'],
    [
      'was deleted unseen',
      { configurationItemStatus: 'ResourceDeletedNotRecorded' },
      {},
      'AWS Config reports ResourceDeletedNotRecorded.',
    ],
    ['is of another type', { resourceType: VOLUME }, {}, `${ADMIN_PORTS} evaluates ${GROUP}.`],
  ])('whose resource %s is not applicable', async (_, rest, more, annotation) => {
    await deployed()(item(group, ADMIN_PORTS, rest, more));
    expect(told()).toEqual([{ ...evaluationOf(group, 'NOT_APPLICABLE', annotation), ...typeIn(rest) }]);
  });
  const typeIn = (rest: { resourceType?: string }) =>
    rest.resourceType === undefined ? {} : { ComplianceResourceType: rest.resourceType };

  test('whose resource is gone by now is not applicable', async () => {
    await deployed()(item('sg-0123456789abcdef0'));
    expect(told()).toEqual([
      evaluationOf('sg-0123456789abcdef0', 'NOT_APPLICABLE', 'The resource does not exist (any more).'),
    ]);
  });

  test('whose resource is gone is not applicable either where its deletion is drift: Config forgets it', async () => {
    const change = itemChange(accountId, 'AWS::CloudTrail::Trail', 'absent');
    await deployed()(ruleInvocationOf(accountId, 'cloudtrail-trail-logging-enabled', change));
    expect(told()).toMatchObject([{ ComplianceResourceId: 'absent', ComplianceType: 'NOT_APPLICABLE' }]);
  });

  test('of a control that is off is not applicable, and says why', async () => {
    await deployed({ ...DETECT, controls: { [ADMIN_PORTS]: { mode: 'off' } } })(item(group));
    expect(told()).toEqual([
      evaluationOf(group, 'NOT_APPLICABLE', `Not evaluated: policy.yml sets ${ADMIN_PORTS} to off.`),
    ]);
  });

  test('whose resource a policy forbids to read is not applicable any more, and the invocation is done: no retry would change it', async () => {
    forbidden.alter([{ call: 'ec2:DescribeSecurityGroup', isWithheld: true, status: 403, change: () => BY_POLICY }]);
    const invoke = deployed(DETECT, { AWS_ENDPOINT_URL: forbidden.endpoint });
    expect(await invoke(item(group))).toEqual({ reported: 1 });
    expect(told()).toEqual([
      evaluationOf(
        group,
        'NOT_APPLICABLE',
        'It could not be read: refused by a service control policy of the organization.',
      ),
    ]);
  });

  test('whose exemptions may not be read fails, whoever denies it: nobody knows whether the drift is allowed', async () => {
    const body = JSON.stringify({
      __type: 'AccessDeniedException',
      message: 'with an explicit deny in a resource-based policy',
    });
    forbidden.alter([{ call: 'dynamodb:', isWithheld: true, status: 400, change: () => body }]);
    await expect(deployed(DETECT, { AWS_ENDPOINT_URL: forbidden.endpoint })(item(group))).rejects.toThrow(
      /AccessDeniedException/,
    );
    expect(told()).toEqual([]);
  });

  test('of what could not be read is told nothing, and the invocation fails', async () => {
    blind.refuse(group);
    await expect(deployed(DETECT, { AWS_ENDPOINT_URL: blind.endpoint })(item(group))).rejects.toThrow(
      new RegExp(`^${group}: UnreadableError: .*UnauthorizedOperation`),
    );
    expect(config.take()).toEqual([]);
  });
});

describe('an exemption', () => {
  const rule = { owner: 'web@example.com', reason: 'a jump host', expires: '2999-12-31' };
  const allowed = `Exempt until 2999-12-31 (web@example.com): a jump host. ${OPEN}`;

  test('of policy.yml is named, and the drift stays drift', async () => {
    const group = await openGroup(account, 'allowed');
    const policy = { ...DETECT, exemptions: [{ control: ADMIN_PORTS, resource: group, ...rule }] };
    await deployed(policy)(item(group));
    expect(told()).toEqual([evaluationOf(group, 'NON_COMPLIANT', allowed)]);
  });

  test('of the ledger is named; one that has ended, or is of another control, is not', async () => {
    const group = await openGroup(account, 'allowed by hand');
    const given = { ...rule, resource: `*/${group}`, createdAt: CAPTURED, createdBy: 'jo' };
    await ledger.saveExemption({ ...given, id: 'ex-1', control: ADMIN_PORTS, expires: '2020-01-01' });
    await ledger.saveExemption({ ...given, id: 'ex-2', control: 'ec2-default-security-group-closed' });
    const invoke = deployed();
    await invoke(item(group));
    expect(told()).toEqual([evaluationOf(group, 'NON_COMPLIANT', OPEN)]);
    await ledger.saveExemption({ ...given, id: 'ex-3', control: ADMIN_PORTS });
    await invoke(item(group));
    expect(told()).toEqual([evaluationOf(group, 'NON_COMPLIANT', allowed)]);
  });

  test('that is longer than Config takes is cut', async () => {
    const group = await openGroup(account, 'allowed at length');
    const long = { ...rule, reason: 'because '.repeat(100) };
    await deployed({ ...DETECT, exemptions: [{ control: ADMIN_PORTS, resource: group, ...long }] })(item(group));
    expect(told()[0]?.Annotation).toHaveLength(256);
  });

  test('that cannot be asked for fails the invocation: nobody knows whether the drift is allowed', async () => {
    const group = await openGroup(account, 'unknown');
    const invoke = deployed(DETECT, { EVENKEEL_TABLE: 'absent' });
    await expect(invoke(item(group))).rejects.toThrow(/ResourceNotFoundException/);
    expect(config.take()).toEqual([]);
  });
});

describe('a round', () => {
  const made: string[] = [];
  beforeAll(async () => {
    const volume = { AvailabilityZone: `${REGION}a`, Size: 1 };
    for (let n = 0; n < 205; n += 1) {
      const { VolumeId = '' } = await ec2.send(new CreateVolumeCommand({ ...volume, Encrypted: n % 2 === 0 }));
      made.push(VolumeId);
    }
  });

  test('tells of every resource, in batches that Config takes', async () => {
    expect(await deployed()(round(VOLUMES))).toEqual({ reported: 205 });
    const calls = config.take();
    expect(calls.map(({ Evaluations }) => Evaluations.length)).toEqual([100, 100, 5]);
    expect(new Set(calls.map(({ ResultToken }) => ResultToken))).toEqual(new Set(['token-of-the-round']));
    const evaluations = new Map(
      calls.flatMap(({ Evaluations }) => Evaluations).map((one) => [one.ComplianceResourceId, one.ComplianceType]),
    );
    expect([...evaluations.keys()].sort()).toEqual(made.toSorted());
    expect(evaluations.get(made[0] ?? '')).not.toBe('NON_COMPLIANT');
    expect(new Set(evaluations.values()).size).toBeGreaterThan(1);
  });

  test('sends what Config refuses again, and no more than that', async () => {
    const [first = '', second = ''] = made;
    config.refuse([first, second], 2);
    expect(await deployed()(round(VOLUMES))).toEqual({ reported: 205 });
    const sizes = config.take().map(({ Evaluations }) => Evaluations.length);
    expect(sizes.filter((size) => size < 5).reduce((sum, size) => sum + size, 0)).toBe(4);
    expect(sizes.filter((size) => size >= 5)).toEqual([100, 100, 5]);
  });

  test('names what Config goes on refusing, once all the rest is told', async () => {
    const [first = ''] = made;
    config.refuse([first], 99);
    await expect(deployed()(round(VOLUMES))).rejects.toThrow(
      new RegExp(`^${first}: AWS Config refused its evaluation$`),
    );
    const ids = new Set(told().map(({ ComplianceResourceId }) => ComplianceResourceId));
    expect(ids.size).toBe(205);
  });

  test('tells of what it may not read that it is not applicable, of all the rest as it is, and does not fail', async () => {
    const list = { PrefixListName: 'l', MaxEntries: 1, AddressFamily: 'IPv4', Entries: [{ Cidr: '0.0.0.0/0' }] };
    const { PrefixList } = await ec2.send(new CreateManagedPrefixListCommand(list));
    const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'hidden', Description: 'h' }));
    const PrefixListIds = [{ PrefixListId: PrefixList?.PrefixListId }];
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, PrefixListIds }];
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
    const seen = await openGroup(account, 'seen');
    half.refuse('GetManagedPrefixListEntries');
    const invoke = deployed(DETECT, { AWS_ENDPOINT_URL: half.endpoint });
    await invoke(round(ADMIN_PORTS));
    const evaluations = told();
    expect(evaluations).toContainEqual(evaluationOf(seen, 'NON_COMPLIANT'));
    expect(evaluations.filter(({ ComplianceResourceId }) => ComplianceResourceId === GroupId)).toEqual([
      evaluationOf(
        GroupId,
        'NOT_APPLICABLE',
        expect.stringMatching(/^It could not be read: refused by AWS: Evenkeel's own role has no permission for /),
      ),
    ]);
  });

  const TRUST = 's3-bucket-tls-required';
  const buckets = ['one', 'two'].map((name) => `${name}-${accountId}`);
  /** The policies of these buckets are answered so. */
  const withPolicies = (names: readonly string[], status: number, Code: string) => {
    const change = () => `<Error><Code>${Code}</Code><Message>Access Denied</Message></Error>`;
    half.refuse('nothing');
    half.alter(names.map((name) => ({ call: `GET /${name}`, isWithheld: true, status, change })));
    return deployed(DETECT, { AWS_ENDPOINT_URL: half.endpoint });
  };
  beforeAll(async () => {
    const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
    for (const Bucket of buckets)
      await account.aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  });

  test('leaves out what could not be read, tells all the rest, and fails: a retry may read it', async () => {
    const [broken = '', whole = ''] = buckets;
    await expect(withPolicies([broken], 500, 'InternalError')(round(TRUST))).rejects.toThrow(
      new RegExp(`^${broken}: UnreadableError: [^;]*InternalError[^;]*$`),
    );
    const ids = told().map(({ ComplianceResourceId }) => ComplianceResourceId);
    expect(ids).toContain(whole);
    expect(ids).not.toContain(broken);
  });

  test('that may read nothing tells nothing and fails: a permission of our own is missing', async () => {
    await expect(withPolicies(buckets, 403, 'AccessDenied')(round(TRUST))).rejects.toThrow(
      /^(one|two)-\d+: UnreadableError: .*AccessDenied.*; (one|two)-\d+: UnreadableError: .*AccessDenied/,
    );
    expect(told()).toEqual([]);
  });

  test('that a policy does not let list tells nothing, and does not fail', async () => {
    forbidden.alter([{ call: 'ec2:DescribeVolumes', isWithheld: true, status: 403, change: () => BY_POLICY }]);
    expect(await deployed(DETECT, { AWS_ENDPOINT_URL: forbidden.endpoint })(round(VOLUMES))).toEqual({ reported: 0 });
    expect(told()).toEqual([]);
  });

  test('that cannot list fails', async () => {
    silent.refuse('DescribeVolumes');
    await expect(deployed(DETECT, { AWS_ENDPOINT_URL: silent.endpoint })(round(VOLUMES))).rejects.toThrow(
      /^could not list AWS::EC2::Volume: /,
    );
    expect(config.take()).toEqual([]);
  });

  test('of a trail names it as Config does, and as its item does', async () => {
    await account
      .aws()(S3Client)
      .send(
        new CreateBucketCommand({
          Bucket: `trail-${accountId}`,
          CreateBucketConfiguration: { LocationConstraint: REGION },
        }),
      );
    const trail = { Name: 'audit', S3BucketName: `trail-${accountId}` };
    await account.aws()(CloudTrailClient).send(new CreateTrailCommand(trail));
    const LOGGING = 'cloudtrail-trail-logging-enabled';
    const invoke = deployed();
    await invoke(round(LOGGING));
    const change = itemChange(accountId, 'AWS::CloudTrail::Trail', 'audit');
    await invoke(ruleInvocationOf(accountId, LOGGING, change));
    const [first, second, ...others] = told();
    expect(others).toEqual([]);
    expect(first).toMatchObject({ ComplianceResourceId: 'audit', ComplianceType: 'NON_COMPLIANT' });
    expect(second).toEqual(first);
  });
});

test('a rule of any control answers, writes nothing but that, and can be tried out', async () => {
  const env = { AWS_ENDPOINT_URL: counting.endpoint, AWS_ENDPOINT_URL_CONFIG_SERVICE: counting.endpoint };
  const invoke = deployed(DETECT, env);
  const told: string[] = [];
  for (const { id } of controls) {
    counting.take();
    // The local account takes evaluations only with TestMode on.
    const { reported } = await invoke(round(id, { resultToken: 'TESTMODE' }));
    const writes = counting.take().filter(isWrite);
    expect(writes).toEqual(Array(Math.ceil(reported / 100)).fill('config:PutEvaluations'));
    if (reported > 0) told.push(id);
  }
  expect(told.length).toBeGreaterThan(controls.length / 2);
});

describe('an event that is none of these', () => {
  const change = itemChange(accountId, GROUP, 'sg-1');
  test.each<[string, unknown, RegExp]>([
    ['nothing', null, /not an invocation of an AWS Config rule/],
    ['no JSON', { ...item('sg-1'), invokingEvent: '{' }, /"invokingEvent" of the event is not a JSON object/],
    ['no parameter', { ...item('sg-1'), ruleParameters: '{}' }, /has no "controlId"/],
    ['no parameters', { ...item('sg-1'), ruleParameters: '' }, /"ruleParameters" of the event is not a JSON/],
    ['no token', item('sg-1', ADMIN_PORTS, {}, { resultToken: '' }), /has no "resultToken"/],
    [
      'an unknown control',
      item('sg-1', 'ec2-absent'),
      /evenkeel-ec2-absent names "ec2-absent", which is not a control/,
    ],
    ['another account', item('sg-1', ADMIN_PORTS, {}, { accountId: '444455556666' }), /is a rule of account 4444/],
    [
      'a snapshot',
      ruleInvocationOf(accountId, ADMIN_PORTS, { messageType: 'ConfigurationSnapshotDeliveryCompleted' }),
      /is a "ConfigurationSnapshotDeliveryCompleted"; allowed: ConfigurationItemChangeNotification, /,
    ],
    [
      'no item',
      ruleInvocationOf(accountId, ADMIN_PORTS, { ...change, configurationItem: null }),
      /no "configurationItem" and no "configurationItemSummary"/,
    ],
    [
      'no time',
      item('sg-1', ADMIN_PORTS, { configurationItemCaptureTime: 'yesterday' }),
      /"configurationItemCaptureTime" of the event is not a time/,
    ],
  ])('%s is refused, and Config is told nothing', async (_, event, why) => {
    await expect(deployed()(event)).rejects.toThrow(why);
    expect(config.take()).toEqual([]);
  });
});
