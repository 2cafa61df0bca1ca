import type { Route } from '@aws-sdk/client-ec2';
import scene from '../../../scenes/ec2/ec2-private-subnet-igw-route-prohibited.ts';
import control from '../../../shared/controls/ec2/ec2-private-subnet-igw-route-prohibited.ts';
import { Unreadable } from '../../../shared/resource.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const RouteTableId = 'rtb-0a1b2c3d4e5f60718';
const toInternet = (destination: Partial<Route>): Route => ({ GatewayId: 'igw-1', State: 'active', ...destination });
const ALL = toInternet({ DestinationCidrBlock: '0.0.0.0/0' });
const PARTNER = toInternet({ DestinationCidrBlock: '203.0.113.0/24' });
const unreadable = new Unreadable('prefix list pl-2', new Error('no'));
const given = (routes: readonly Route[], ...tiers: readonly (string | null)[]) => ({
  internetRoutes: { routes, lists: { 'pl-1': ['0.0.0.0/0'], 'pl-2': unreadable } },
  subnets: tiers.map((tier, index) => ({
    subnetId: `subnet-${index}`,
    tags: tier === null ? {} : ({ tier } as Record<string, string>),
  })),
});
const deleted = (destination: object) => ['DeleteRoute', { RouteTableId, ...destination }] as const;

// AWS: the owner of a VPC alone changes its tables; a table that a gateway propagates routes into keeps those.
testControl(control, {
  resourceId: RouteTableId,
  compliant: {
    'no way to the Internet': given([], 'private'),
    'a way to a single network': given([PARTNER], 'private'),
  },
  notApplicable: {
    'public subnets': given([ALL], 'public', null),
    'no subnets': given([ALL]),
  },
  unreadable: {
    'a prefix list': [given([toInternet({ DestinationPrefixListId: 'pl-2' })], 'private'), 'pl-2'],
  },
  nonCompliant: {
    'a default route': {
      given: given([PARTNER, ALL], 'private'),
      plan: [deleted({ DestinationCidrBlock: '0.0.0.0/0' })],
      undo: [['CreateRoute', { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' }]],
      elements: [['route 0.0.0.0/0 to igw-1']],
      after: given([PARTNER], 'private'),
      says: '0.0.0.0/0 to igw-1 applies to the private subnet-0.',
      same: { 'of two subnets': { subnets: given([], 'private', 'private').subnets } },
    },
    'for IPv6': {
      given: given([toInternet({ DestinationIpv6CidrBlock: '::/0' })], 'Private'),
      plan: [deleted({ DestinationIpv6CidrBlock: '::/0' })],
      undo: [['CreateRoute', { RouteTableId, DestinationIpv6CidrBlock: '::/0', GatewayId: 'igw-1' }]],
      after: given([], 'private'),
    },
    'by a prefix list': {
      given: given([toInternet({ DestinationPrefixListId: 'pl-1' })], 'private'),
      plan: [deleted({ DestinationPrefixListId: 'pl-1' })],
      after: given([], 'private'),
      says: 'pl-1 to igw-1',
    },
    'by two halves': {
      given: given(
        [toInternet({ DestinationCidrBlock: '0.0.0.0/1' }), toInternet({ DestinationCidrBlock: '128.0.0.0/1' })],
        'private',
      ),
      plan: [deleted({ DestinationCidrBlock: '0.0.0.0/1' }), deleted({ DestinationCidrBlock: '128.0.0.0/1' })],
      after: given([], 'private'),
    },
    'a table that a public subnet shares': {
      given: given([ALL], 'private', 'public'),
      plan: [],
      byHand: 'The table also applies to subnet-1, which would lose Internet access.',
    },
    'a tag of our own': {
      given: given([ALL], 'db'),
      parameters: { privateTags: ['Tier=DB'] },
      plan: [deleted({ DestinationCidrBlock: '0.0.0.0/0' })],
      after: given([], 'db'),
    },
  },
});

testScene(control, scene);
