import { describe, expect, test } from '@jest/globals';
import { type Change, changesIn } from '../../../shared/engine/intake/parse-event.ts';
import { type RouteContext, route } from '../../../shared/engine/intake/route.ts';
import { RECHECK_DETAIL_TYPE } from '../../../shared/internal-events.ts';
import { ACCOUNT, call, contextIn, FALLBACK, routed, rulesOf } from '../../support/route-fixture.ts';

describe('what belongs to no region has one reference', () => {
  const home = { home: 'us-west-1' };
  const refsOf = async (input: unknown, context: Partial<RouteContext>) => {
    const [change] = changesIn(input);
    if (change === undefined) throw new Error('no change');
    return (await route(change, { ...contextIn(), ...context })).subjects
      .filter(({ resource }) => resource.global)
      .map(({ ref }) => ref);
  };
  const named = { resourceType: 'AWS::::Account', resourceId: ACCOUNT };
  const NAMES: readonly (readonly [string, unknown])[] = [
    ['a call', call('PutSetting', { eventSource: 'organizations.amazonaws.com' })],
    ['AWS Config', { ...named, awsAccountId: ACCOUNT, awsRegion: 'eu-west-1' }],
    ['AWS Config from elsewhere', { ...named, awsAccountId: ACCOUNT, awsRegion: 'ap-south-1' }],
    ['AWS Config, which says global', { ...named, awsAccountId: ACCOUNT, awsRegion: 'global' }],
    [
      'a recheck',
      {
        'detail-type': RECHECK_DETAIL_TYPE,
        source: 'evenkeel',
        detail: { ...named, accountId: ACCOUNT, region: 'ap-south-1' },
      },
    ],
  ];

  test.each(NAMES)('at home, named by %s', async (_name, input) => {
    expect(await refsOf(input, home)).toEqual([{ ...named, accountId: ACCOUNT, region: 'us-west-1' }]);
  });

  test.each(NAMES)('without a deployment in the region of global services, named by %s', async (_name, input) => {
    expect(await refsOf(input, {})).toEqual([{ ...named, accountId: ACCOUNT, region: 'us-east-1' }]);
  });

  test.each([
    ['cn-northwest-1', 'cn-north-1'],
    ['us-gov-east-1', 'us-gov-west-1'],
  ])('of the partition: from %s in %s', async (awsRegion, region) => {
    const input = call('PutSetting', { eventSource: 'organizations.amazonaws.com', awsRegion });
    expect(await refsOf(input, {})).toMatchObject([{ region }]);
  });

  test('and what has a region stays in it', async () => {
    const [change] = changesIn(call('CreateSecurityGroup', { requestParameters: { groupId: 'sg-1' } }));
    const { subjects } = await route(change as Change, { ...contextIn(), ...home });
    expect(subjects.map(({ ref }) => ref.region)).toEqual(['eu-west-1']);
  });
});

describe('where the event does not say', () => {
  const silent = call('AuthorizeSecurityGroupIngress', {
    awsRegion: undefined,
    recipientAccountId: undefined,
    requestParameters: { groupId: 'sg-1' },
  });

  test('account and region are those that hold', async () => {
    expect((await routed(silent)).pairs).toEqual(rulesOf('sg-1', FALLBACK.accountId, FALLBACK.region));
  });

  test('look-ups and account ids are too', async () => {
    const asked: string[] = [];
    await routed({ ...silent, requestParameters: { groupName: 'web' } }, { asked });
    expect(asked).toEqual([FALLBACK.region]);
    const setting = { ...silent, eventName: 'PutSetting' };
    expect((await routed(setting)).pairs).toEqual([
      `account-ec2 ${FALLBACK.accountId} ${FALLBACK.accountId} us-west-2`,
    ]);
  });

  test('rechecked resources are too', async () => {
    const detail = { resourceType: 'AWS::CloudTrail::Trail', resourceId: 'main' };
    const { pairs } = await routed({ 'detail-type': RECHECK_DETAIL_TYPE, source: 'evenkeel', detail });
    expect(pairs).toEqual([`trail main ${FALLBACK.accountId} us-west-2`]);
  });

  test('AWS Config’s resources are too', async () => {
    expect((await routed({ resourceType: 'AWS::EC2::SecurityGroup', resourceId: 'sg-1' })).pairs).toEqual([
      `group-rules sg-1 ${FALLBACK.accountId} us-west-2`,
      `group-tags sg-1 ${FALLBACK.accountId} us-west-2`,
      `group-both sg-1 ${FALLBACK.accountId} us-west-2`,
    ]);
  });
});
