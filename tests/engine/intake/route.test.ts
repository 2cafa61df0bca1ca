import { describe, expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import { type Change, changesIn } from '../../../shared/engine/intake/parse-event.ts';
import { byResource, route } from '../../../shared/engine/intake/route.ts';
import { ACCOUNT, CONTROLS, call, contextIn, control, group, routed, rulesOf } from '../../support/route-fixture.ts';

describe('a call names', () => {
  test.each<[string, object]>([
    ['in small letters', { requestParameters: { groupId: 'sg-1' } }],
    [
      'in EC2’s newer wrapped style',
      {
        eventName: 'ModifySecurityGroupRules',
        requestParameters: { ModifySecurityGroupRulesRequest: { GroupId: 'sg-1' } },
      },
    ],
    ['in capitals', { requestParameters: { GROUPID: 'sg-1' } }],
    ['only in the answer', { requestParameters: { groupName: 'web' }, responseElements: { groupId: 'sg-1' } }],
    [
      'only in a wrapped answer',
      {
        eventName: 'ModifySecurityGroupRules',
        responseElements: { ModifySecurityGroupRulesResponse: { GroupId: 'sg-1' } },
      },
    ],
  ])('its resource %s', async (_name, rest) => {
    const { pairs, errors, types } = await routed(call('AuthorizeSecurityGroupIngress', rest));
    expect(pairs).toEqual(rulesOf('sg-1'));
    expect(errors).toEqual([]);
    expect(types).toEqual([['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroup']]);
  });

  test('several resources, each to be looked at', async () => {
    const requestParameters = { resourcesSet: { items: [{ resourceId: 'sg-1' }, { resourceId: 'sg-2' }] } };
    expect((await routed(call('CreateTags', { requestParameters }))).pairs).toEqual(
      ['sg-1', 'sg-2'].flatMap((id) => [
        `group-tags ${id} ${ACCOUNT} eu-west-1`,
        `group-both ${id} ${ACCOUNT} eu-west-1`,
      ]),
    );
  });

  test('a resource by a name or by an ARN with a region of its own', async () => {
    const stop = (name: string) =>
      routed(call('StopLogging', { eventSource: 'cloudtrail.amazonaws.com', requestParameters: { name } }));
    expect((await stop('main')).pairs).toEqual([`trail main ${ACCOUNT} eu-west-1`]);
    expect((await stop('arn:aws:cloudtrail:us-east-1:444455556666:trail/main')).pairs).toEqual([
      'trail main 444455556666 us-east-1',
    ]);
  });

  test('what a look-up finds, asked in the region of the call', async () => {
    const asked: string[] = [];
    const world = { found: ['sg-7'], asked };
    const { pairs } = await routed(
      call('AuthorizeSecurityGroupIngress', { requestParameters: { groupName: 'web' } }),
      world,
    );
    expect(pairs).toEqual(rulesOf('sg-7'));
    expect(asked).toEqual(['eu-west-1']);
  });

  test('nothing where the look-up finds nothing', async () => {
    const { pairs, errors, reason } = await routed(
      call('AuthorizeSecurityGroupIngress', { requestParameters: { groupName: 'web' } }),
    );
    expect({ pairs, errors }).toEqual({ pairs: [], errors: [] });
    expect(reason).toContain('AuthorizeSecurityGroupIngress of ec2.amazonaws.com');
  });

  test('settings of the account: only those of the service that was called', async () => {
    const input = call('PutSetting', { eventSource: 's3.amazonaws.com' });
    expect((await routed(input)).pairs).toEqual([`account-s3 ${ACCOUNT} ${ACCOUNT} eu-west-1`]);
  });
});

test('an event that is no call names its resource, and a later trigger of the same call adds controls to it', async () => {
  const event = { 'detail-type': 'Group Event', source: 'aws.ec2', account: ACCOUNT, region: 'eu-west-1' };
  expect((await routed({ ...event, detail: { groupId: 'sg-1' } })).pairs).toEqual(rulesOf('sg-1'));
  expect((await routed({ ...event, source: 'aws.x', detail: { groupId: 'sg-1' } })).pairs).toEqual([]);
  expect((await routed({ ...event, 'detail-type': 'Other Event', detail: { groupId: 'sg-1' } })).pairs).toEqual([]);
  expect((await routed({ ...event, detail: {} })).errors).toEqual([expect.stringContaining('holds no id')]);
});

test('a subject knows all controls of its resource, also those that the call does not concern', async () => {
  const [change] = changesIn(call('ModifySecurityGroupRules', { requestParameters: { groupId: 'sg-1' } }));
  const { subjects } = await route(change as Change, contextIn());
  const idsOf = (controls: readonly AnyControl[] = []) => controls.map(({ id }) => id);
  expect(subjects.map(({ controls, siblings }) => [idsOf(controls), idsOf(siblings)])).toEqual([
    [
      ['group-rules', 'group-both'],
      ['group-rules', 'group-tags', 'group-both'],
    ],
  ]);
});

test('one call may be recorded by several sources', async () => {
  const modify = (eventSource: string) =>
    routed(call('ModifySecurityGroupRules', { eventSource, requestParameters: { groupId: 'sg-1' } }));
  expect((await modify('vpc.amazonaws.com')).pairs).toEqual(rulesOf('sg-1'));
  expect((await modify('iam.amazonaws.com')).pairs).toEqual([]);
});

describe('only controls that need a facet which the call can have changed', () => {
  test.each([
    ['CreateSecurityGroup', ['group-rules', 'group-tags', 'group-both']],
    ['ModifySecurityGroupRules', ['group-rules', 'group-both']],
    ['AttachNetworkInterface', ['group-both']],
  ])('%s: %j', async (eventName, ids) => {
    const { pairs } = await routed(call(eventName, { responseElements: { groupId: 'sg-1' } }));
    expect(pairs.map((pair) => pair.split(' ')[0])).toEqual(ids);
  });
});

describe('nothing is named by', () => {
  test.each<[string, object]>([
    ['a call that failed', { errorCode: 'UnauthorizedOperation', requestParameters: { groupId: 'sg-1' } }],
    ['a dry run', { errorCode: 'Client.DryRunOperation', requestParameters: { groupId: 'sg-1' } }],
    ['another service', { eventSource: 'iam.amazonaws.com', requestParameters: { groupId: 'sg-1' } }],
    ['a call nobody asked about', { eventName: 'DescribeInstances', requestParameters: { groupId: 'sg-1' } }],
    ...['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'].map((eventName): [string, object] => [
      eventName,
      { eventName, requestParameters: { groupId: 'sg-1' } },
    ]),
  ])('%s', async (_name, rest) => {
    const { pairs, errors, reason } = await routed(call('AuthorizeSecurityGroupIngress', rest));
    expect({ pairs, errors }).toEqual({ pairs: [], errors: [] });
    expect(reason).toMatch(/concerns no control|failed \((UnauthorizedOperation|Client.DryRunOperation)\)/);
  });

  test('what concerns no resource', async () => {
    const other = { 'detail-type': 'EC2 Instance State-change Notification', source: 'aws.ec2', detail: {} };
    expect(await routed(other)).toMatchObject({ pairs: [], errors: [], reason: expect.stringContaining('no control') });
  });
});

test('nothing is looked up for a call that no control needs to know of', async () => {
  const asked: string[] = [];
  const [change] = changesIn(call('AuthorizeSecurityGroupIngress', { requestParameters: { groupName: 'web' } }));
  if (change === undefined) throw new Error('no change');
  const onTags = { ...contextIn({ asked, found: ['sg-7'] }), controls: [control('group-tags', group, ['tags'])] };
  expect((await route(change, onTags)).subjects).toEqual([]);
  expect(asked).toEqual([]);
});

test('the envelope’s source decides nothing', async () => {
  const detail = call('AuthorizeSecurityGroupIngress', { requestParameters: { groupId: 'sg-1' } });
  const envelope = { id: 'x', 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.s3', detail };
  expect((await routed(envelope)).pairs).toEqual(rulesOf('sg-1'));
});

test('byResource keeps each resource once, with its controls in order', () => {
  const grouped = [...byResource(CONTROLS)].map(([resource, controls]) => [
    `${resource.service.id} ${resource.type}`,
    controls.map(({ id }) => id),
  ]);
  expect(grouped).toEqual([
    ['ec2 AWS::EC2::SecurityGroup', ['group-rules', 'group-tags', 'group-both']],
    ['cloudtrail AWS::CloudTrail::Trail', ['trail']],
    ['ec2 AWS::::Account', ['account-ec2']],
    ['s3 AWS::::Account', ['account-s3']],
    ['organizations AWS::::Account', ['account-whole']],
  ]);
});
