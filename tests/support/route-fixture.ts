import type { AnyControl } from '../../shared/control.ts';
import { changesIn } from '../../shared/engine/intake/parse-event.ts';
import { type RouteContext, route } from '../../shared/engine/intake/route.ts';
import { type CallRecord, strings } from '../../shared/event.ts';
import { type Aws, call as callOf, defineResource, event as eventOf, type NamedId } from '../../shared/resource.ts';
import { defineService } from '../../shared/service.ts';
import { witness } from './witness.ts';

export const ACCOUNT = '111122223333';
export const FALLBACK = { accountId: '999988887777', region: 'us-west-2' };

export const facet = { grants: {}, read: async () => null };
export const shared = { gone: [], grants: {}, arn: () => 'arn:aws:x', consoleUrl: () => 'https://example.com' };
const serviceOf = (id: string) =>
  defineService({ id, domain: 'data', eventSources: [`${id}.amazonaws.com`], sdks: {} });
const either = ({ request, response }: CallRecord) => {
  const named = strings(request, 'groupId');
  return named.length > 0 ? named : strings(response, 'groupId');
};

export const EC2 = 'ec2.amazonaws.com';
export const group = defineResource({
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
export const trail = defineResource({
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

export const control = (
  id: string,
  resource: AnyControl['resource'],
  needs: string[],
  planNeeds: string[] = [],
): AnyControl => witness(resource, { id, needs, planNeeds });
export const CONTROLS = [
  control('group-rules', group, ['rules']),
  control('group-tags', group, ['tags']),
  control('group-both', group, ['rules', 'tags'], ['interfaces']),
  control('trail', trail, ['status']),
  control('account-ec2', accountOf('ec2'), ['setting']),
  control('account-s3', accountOf('s3'), ['setting']),
  control('account-whole', accountOf('organizations', { global: true }), ['setting']),
];

/** A world in which a look-up finds what `found` says, in the region that was asked. */
export interface World {
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
export const contextIn = (world: World = {}): RouteContext => ({
  controls: CONTROLS,
  fallback: FALLBACK,
  aws(region) {
    world.asked?.push(region);
    const aws = (() => ({})) as Aws;
    worlds.set(aws, world);
    return aws;
  },
});

export const call = (eventName: string, rest: object = {}) => ({
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
export async function routed(input: unknown, world?: World) {
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
export const rulesOf = (id: string, account = ACCOUNT, region = 'eu-west-1') => [
  `group-rules ${id} ${account} ${region}`,
  `group-both ${id} ${account} ${region}`,
];
