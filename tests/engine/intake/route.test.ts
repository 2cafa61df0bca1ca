import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AnyControl } from '../../../shared/control.ts';
import { UnreadableEventError } from '../../../shared/engine/errors.ts';
import { type Change, changesIn } from '../../../shared/engine/intake/parse-event.ts';
import { byResource, type RouteContext, route } from '../../../shared/engine/intake/route.ts';
import { type CallRecord, strings } from '../../../shared/event.ts';
import { RECHECK_DETAIL_TYPE } from '../../../shared/internal-events.ts';
import { type Aws, call as callOf, defineResource, event as eventOf, type NamedId } from '../../../shared/resource.ts';
import { defineService } from '../../../shared/service.ts';
import { witness } from '../../support/witness.ts';

const ACCOUNT = '111122223333';
const FALLBACK = { accountId: '999988887777', region: 'us-west-2' };

const facet = { grants: {}, read: async () => null };
const shared = { gone: [], grants: {}, arn: () => 'arn:aws:x', consoleUrl: () => 'https://example.com' };
const serviceOf = (id: string) =>
  defineService({ id, domain: 'data', eventSources: [`${id}.amazonaws.com`], sdks: {} });
const either = ({ request, response }: CallRecord) => {
  const named = strings(request, 'groupId');
  return named.length > 0 ? named : strings(response, 'groupId');
};

const EC2 = 'ec2.amazonaws.com';
const group = defineResource({
  ...shared,
  service: serviceOf('ec2'),
  type: 'AWS::EC2::SecurityGroup',
  facets: { rules: facet, tags: facet, interfaces: facet },
  triggers: [
    callOf(EC2, 'AuthorizeSecurityGroupIngress', { ids: either, find: findByName, facets: ['rules'] }),
    callOf([EC2, 'vpc.amazonaws.com'], 'ModifySecurityGroupRules', { ids: either, facets: ['rules'] }),
    callOf(EC2, 'CreateSecurityGroup', { ids: either, facets: ['rules'] }),
    callOf(EC2, ['CreateSecurityGroup', 'TagSecurityGroup'], { ids: either, facets: ['tags'] }),
    callOf(EC2, 'CreateTags', {
      ids: ({ request }) => strings(request, 'resourcesSet.items.resourceId'),
      facets: ['tags'],
    }),
    callOf(EC2, 'AttachNetworkInterface', { ids: either, facets: ['interfaces'] }),
    callOf(EC2, 'Broken', {
      ids: () => {
        throw new TypeError('ids broke');
      },
      facets: ['rules'],
    }),
    callOf(EC2, 'Broken', { ids: either, facets: ['tags'] }),
    eventOf('aws.ec2', 'Group Event', { ids: ({ detail }) => strings(detail, 'groupId'), facets: ['rules'] }),
  ],
  async *list(aws) {
    for (let n = 0; n < sizeOf(aws); n++) {
      const item = n === 0 ? { resourceId: 'sg-0', region: 'eu-central-1' } : { resourceId: `sg-${n}` };
      yield { items: [item], next: String(n) };
    }
  },
});

/** A trail may be named or given by its ARN, whose region is its home and whose account is its owner. */
const trail = defineResource({
  ...shared,
  service: serviceOf('cloudtrail'),
  type: 'AWS::CloudTrail::Trail',
  facets: { status: facet },
  triggers: [
    callOf('cloudtrail.amazonaws.com', 'StopLogging', {
      ids: ({ request }): NamedId[] =>
        strings(request, 'name').map((name) => {
          const [, , , region, accountId, path] = name.split(':');
          return region && accountId && path ? { resourceId: path.replace('trail/', ''), region, accountId } : name;
        }),
      facets: ['status'],
    }),
  ],
  async *list() {},
  async identify(_aws, { resourceId, resourceName, arn, region }) {
    if (resourceId === 'odd') throw new Error('identify broke');
    if (resourceId === 'deleted') return null;
    return { resourceId: arn ?? `${resourceName ?? resourceId}@${region}`, region: 'eu-north-1' };
  },
});

const accountOf = (service: string, scope: { readonly global?: true } = {}) =>
  defineResource({
    ...shared,
    ...scope,
    service: serviceOf(service),
    type: 'AWS::::Account',
    facets: { setting: facet },
    triggers: [
      callOf(`${service}.amazonaws.com`, 'PutSetting', { ids: ({ accountId }) => [accountId], facets: ['setting'] }),
    ],
    async *list() {},
  });

const control = (id: string, resource: AnyControl['resource'], needs: string[], planNeeds: string[] = []): AnyControl =>
  witness(resource, { id, needs, planNeeds });
const CONTROLS = [
  control('group-rules', group, ['rules']),
  control('group-tags', group, ['tags']),
  control('group-both', group, ['rules', 'tags'], ['interfaces']),
  control('trail', trail, ['status']),
  control('account-ec2', accountOf('ec2'), ['setting']),
  control('account-s3', accountOf('s3'), ['setting']),
  control('account-whole', accountOf('organizations', { global: true }), ['setting']),
];

/** A world in which a look-up finds what `found` says, in the region that was asked. */
interface World {
  readonly size?: number;
  readonly found?: readonly string[] | Error;
  readonly asked?: string[];
}
const worlds = new WeakMap<Aws, World>();
const sizeOf = (aws: Aws) => worlds.get(aws)?.size ?? 0;
async function findByName(aws: Aws): Promise<readonly string[]> {
  const found = worlds.get(aws)?.found ?? [];
  if (found instanceof Error) throw found;
  return found;
}
const contextIn = (world: World = {}): RouteContext => ({
  controls: CONTROLS,
  fallback: FALLBACK,
  aws(region) {
    world.asked?.push(region);
    const aws = (() => ({})) as Aws;
    worlds.set(aws, world);
    return aws;
  },
});

const call = (eventName: string, rest: object = {}) => ({
  eventID: 'e-1',
  eventSource: 'ec2.amazonaws.com',
  eventName,
  awsRegion: 'eu-west-1',
  recipientAccountId: ACCOUNT,
  requestParameters: null,
  responseElements: null,
  ...rest,
});

/** What an input leads to: `control resource account region` for each pair, errors and reason. */
async function routed(input: unknown, world?: World) {
  const [change] = changesIn(input);
  if (change === undefined) throw new Error('no change');
  const { subjects, unreadable, reason } = await route(change, contextIn(world));
  return {
    pairs: subjects.flatMap(({ ref, controls }) =>
      controls.map(({ id }) => `${id} ${ref.resourceId} ${ref.accountId} ${ref.region}`),
    ),
    errors: unreadable.map(({ message }) => message),
    unreadable,
    reason,
    types: subjects.map(({ resource, ref }) => [resource.type, ref.resourceType]),
  };
}
const rulesOf = (id: string, account = ACCOUNT, region = 'eu-west-1') => [
  `group-rules ${id} ${account} ${region}`,
  `group-both ${id} ${account} ${region}`,
];

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

describe('where the parameters were too large to record', () => {
  const omitted = { omitted: true, originalSize: 120541 };
  const large = call('ModifySecurityGroupRules', { requestParameters: omitted });

  test('every resource of the type is looked at, in its own region', async () => {
    const { pairs, errors } = await routed(large, { size: 2 });
    expect(pairs).toEqual([...rulesOf('sg-0', ACCOUNT, 'eu-central-1'), ...rulesOf('sg-1')]);
    expect(errors).toEqual([]);
  });

  test('the same where only the answer, which holds the ids, was too large', async () => {
    const create = call('CreateSecurityGroup', { requestParameters: { groupName: 'web' }, responseElements: omitted });
    expect((await routed(create, { size: 2 })).pairs).toHaveLength(6);
  });

  test('but ids that are there are enough', async () => {
    const both = { ...large, responseElements: { groupId: 'sg-1' } };
    expect((await routed(both, { size: 2 })).pairs).toEqual(rulesOf('sg-1'));
  });

  test('as long as there are not too many', async () => {
    expect((await routed(large, { size: 200 })).pairs).toHaveLength(400);
    const { pairs, errors } = await routed(large, { size: 201 });
    expect(pairs).toEqual([]);
    expect(errors).toEqual([expect.stringContaining('run a sweep')]);
  });
});

describe('what could not be told', () => {
  test.each<[string, object, World, RegExp]>([
    [
      'a call without parameters',
      {},
      {},
      /AWS::EC2::SecurityGroup of ModifySecurityGroupRules of ec2.amazonaws.com: .*hold no id/,
    ],
    ['a call that could be looked up, without parameters', { eventName: 'AuthorizeSecurityGroupIngress' }, {}, /no id/],
    ['parameters that are the text null', { requestParameters: 'null' }, {}, /no id/],
    ['parameters without the id', { requestParameters: { groupId: 7 } }, {}, /no id/],
    ['a trigger that throws', { eventName: 'Broken', requestParameters: {} }, {}, /ids broke/],
    [
      'a look-up that is refused',
      { eventName: 'AuthorizeSecurityGroupIngress', requestParameters: { groupName: 'web' } },
      { found: new Error('not authorized') },
      /not authorized/,
    ],
  ])('is said: %s', async (_name, rest, world, says) => {
    const { pairs, errors, unreadable } = await routed(call('ModifySecurityGroupRules', rest), world);
    expect(pairs).toEqual([]);
    expect(errors[0]).toMatch(says);
    expect(unreadable[0]).toBeInstanceOf(UnreadableEventError);
  });

  test('of one trigger leaves what the others name', async () => {
    const { pairs, errors } = await routed(call('Broken', { requestParameters: { groupId: 'sg-1' } }));
    expect(errors).toEqual([expect.stringContaining('ids broke')]);
    expect(pairs.map((pair) => pair.split(' ')[0])).toEqual(['group-tags', 'group-both']);
  });

  test('is the event’s own error where the event cannot be read', async () => {
    expect((await routed(null)).errors).toEqual(['the event is null, not an object']);
  });

  test('is a Config item whose id makes no sense', async () => {
    const { pairs, errors } = await routed({ resourceType: 'AWS::CloudTrail::Trail', resourceId: 'odd' });
    expect({ pairs, errors }).toEqual({ pairs: [], errors: [expect.stringMatching(/of odd: identify broke/)] });
  });
});

describe('AWS Config', () => {
  const item = { awsAccountId: ACCOUNT, awsRegion: 'eu-west-1' };

  test('names every control of the type', async () => {
    const { pairs } = await routed({ ...item, resourceType: 'AWS::EC2::SecurityGroup', resourceId: 'sg-1' });
    expect(pairs.map((pair) => pair.split(' ')[0])).toEqual(['group-rules', 'group-tags', 'group-both']);
  });

  test('names settings of the account for every service that has them', async () => {
    const { pairs } = await routed({ ...item, resourceType: 'AWS::::Account', resourceId: ACCOUNT });
    expect(pairs).toEqual([
      `account-ec2 ${ACCOUNT} ${ACCOUNT} eu-west-1`,
      `account-s3 ${ACCOUNT} ${ACCOUNT} eu-west-1`,
      `account-whole ${ACCOUNT} ${ACCOUNT} us-east-1`,
    ]);
  });

  test('has ids of its own, which the resource translates', async () => {
    const { pairs } = await routed({ ...item, resourceType: 'AWS::CloudTrail::Trail', resourceId: 'main' });
    expect(pairs).toEqual([`trail main@eu-west-1 ${ACCOUNT} eu-north-1`]);
  });

  test('names a resource by id, name and ARN; a recheck by our own id', async () => {
    const config = { ...item, resourceType: 'AWS::CloudTrail::Trail', resourceId: 'T1' };
    expect((await routed({ ...config, resourceName: 'main' })).pairs).toEqual([
      `trail main@eu-west-1 ${ACCOUNT} eu-north-1`,
    ]);
    expect((await routed({ ...config, resourceName: 'main', ARN: 'arn:main' })).pairs).toEqual([
      `trail arn:main ${ACCOUNT} eu-north-1`,
    ]);
    const detail = { ...config, accountId: ACCOUNT, region: 'eu-west-1' };
    expect((await routed({ 'detail-type': RECHECK_DETAIL_TYPE, source: 'evenkeel', detail })).pairs).toEqual([
      `trail T1 ${ACCOUNT} eu-west-1`,
    ]);
  });

  test('may name what does not exist', async () => {
    const config = { ...item, resourceType: 'AWS::CloudTrail::Trail', resourceId: 'deleted' };
    expect(await routed(config)).toMatchObject({ pairs: [], errors: [], reason: 'deleted does not exist.' });
  });

  test.each(['AWS::EC2::VPC', 'constructor', '__proto__'])('concerns no control with %s', async (resourceType) => {
    const { pairs, errors, reason } = await routed({ ...item, resourceType, resourceId: 'x' });
    expect({ pairs, errors, reason }).toEqual({
      pairs: [],
      errors: [],
      reason: `${resourceType} concerns no control.`,
    });
  });
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

const NAMES = group.triggers.flatMap((trigger) => (trigger.kind === 'call' ? trigger.eventNames : []));

test('no content of an event makes routing throw', async () => {
  const names = fc.constantFrom(...NAMES, 'StopLogging', 'PutSetting', '__proto__', 'x');
  const events = fc.record({
    eventName: names,
    eventSource: fc.constantFrom('ec2.amazonaws.com', 'cloudtrail.amazonaws.com', 's3.amazonaws.com', 'x'),
    requestParameters: fc.jsonValue(),
    responseElements: fc.jsonValue(),
    errorCode: fc.option(fc.jsonValue()),
    awsRegion: fc.jsonValue(),
    recipientAccountId: fc.jsonValue(),
  });
  await fc.assert(
    fc.asyncProperty(events, async (event) => {
      const { pairs, errors, reason } = await routed(event, { size: 1 });
      expect(pairs.length + errors.length > 0 || reason !== '').toBe(true);
      for (const pair of pairs) expect(pair).not.toMatch(/undefined|\[object|null/);
    }),
    { numRuns: 300 },
  );
});
