import { EC2Client, RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import { ADMIN_PORTS, openGroup } from '../support/drift.ts';
import { CAPTURED, itemChange, oversizedChange, ruleInvocationOf } from '../support/rule-events.ts';
import { BY_POLICY, DETECT, evaluationOf, GROUP, rulesScene } from '../support/rules-scene.ts';

const { account, accountId, ledger, config, wire, deployed, item, told } = await rulesScene();
/** Each refuses something of its own. */
const [blind, forbidden] = await Promise.all([wire(), wire()]);
const ec2 = account.aws()(EC2Client);
const VOLUME = 'AWS::EC2::Volume';
const OPEN = 'Open to the world: tcp 22 from 0.0.0.0/0.';

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
