import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import scene, { more } from '../../../scenes/ec2/ec2-network-acl-admin-ports-restricted.ts';
import control from '../../../shared/controls/ec2/ec2-network-acl-admin-ports-restricted.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NetworkAclId = 'acl-0a1b2c3d4e5f60718';
const DENY_ALL = {
  RuleNumber: 32767,
  Egress: false,
  RuleAction: 'deny',
  Protocol: '-1',
  CidrBlock: '0.0.0.0/0',
} as const;
const given = (entries: readonly NetworkAclEntry[], isDefault = false) => ({
  networkAcl: { isDefault, entries: [...entries, DENY_ALL] },
});
const allow = (RuleNumber: number, change: Partial<NetworkAclEntry> = {}): NetworkAclEntry => ({
  Egress: false,
  RuleNumber,
  Protocol: '-1',
  RuleAction: 'allow',
  CidrBlock: '0.0.0.0/0',
  ...change,
});
const tcp = (From: number, To = From) => ({ Protocol: '6', PortRange: { From, To } });
const ssh = allow(90, tcp(22));
const deleted = (RuleNumber: number) => ['DeleteNetworkAclEntry', { NetworkAclId, RuleNumber, Egress: false }] as const;
const created = (entry: NetworkAclEntry) => ['CreateNetworkAclEntry', { NetworkAclId, ...entry }] as const;
const denied = (RuleNumber: number, Protocol: string, port: number) =>
  allow(RuleNumber, { RuleAction: 'deny', Protocol, PortRange: { From: port, To: port } });

// AWS: 20 inbound entries an ACL unless the quota is raised (NetworkAclEntryLimitExceeded lasts); a number that another
// entry has got meanwhile is NetworkAclEntryAlreadyExists, which passes: the ACL is read again.
testControl(control, {
  resourceId: NetworkAclId,
  compliant: {
    'nothing but the deny': given([]),
    'the web': given([allow(100, tcp(443))]),
    'an office': given([allow(100, { ...tcp(22), CidrBlock: '203.0.113.0/24' })]),
    'a deny in front': given([allow(80, { ...tcp(22), RuleAction: 'deny' }), ssh]),
    'egress to everywhere': given([{ ...ssh, Egress: true }]),
    'ports of our own': { ...given([ssh]), parameters: { ports: [3389] } },
  },
  nonCompliant: {
    'SSH from anywhere': {
      given: given([ssh, allow(100, tcp(443))]),
      plan: [deleted(90)],
      undo: [created(ssh)],
      elements: [['inbound allow tcp 22 from 0.0.0.0/0']],
      after: given([allow(100, tcp(443))]),
      says: 'Open to the world: 90 allow tcp 22 from 0.0.0.0/0.',
      same: { 'under another number': { networkAcl: { isDefault: false, entries: [{ ...ssh, RuleNumber: 95 }] } } },
      other: {
        'and RDP': { networkAcl: { isDefault: false, entries: [ssh, allow(95, tcp(3389))] } },
      },
    },
    'in a default ACL': { given: given([ssh], true), plan: [deleted(90)], after: given([], true) },
    'by IPv6': {
      given: given([allow(90, { ...tcp(3389), CidrBlock: undefined, Ipv6CidrBlock: '::/0' })]),
      plan: [deleted(90)],
      undo: [
        [
          'CreateNetworkAclEntry',
          {
            NetworkAclId,
            Egress: false,
            RuleNumber: 90,
            Protocol: '6',
            RuleAction: 'allow',
            Ipv6CidrBlock: '::/0',
            PortRange: { From: 3389, To: 3389 },
          },
        ],
      ],
      after: given([]),
    },
    'one entry behind another': {
      given: given([ssh, allow(95, tcp(22))]),
      plan: [deleted(90), deleted(95)],
      after: given([]),
    },
    'a deny of lower number that was deleted': {
      given: given([allow(90, tcp(22)), allow(110, { ...tcp(22), RuleAction: 'deny' })]),
      plan: [deleted(90)],
      after: given([allow(110, { ...tcp(22), RuleAction: 'deny' })]),
    },
    'all traffic, in a default ACL as it comes': {
      given: given([allow(100)], true),
      parameters: { denyInFront: true },
      plan: [],
      byHand: 'The default network ACL allows more than these ports: 100 allow all traffic from 0.0.0.0/0.',
    },
    'all traffic': {
      given: given([allow(100)]),
      plan: [],
      byHand: 'A deny entry before 100 allow all traffic from 0.0.0.0/0 would block the ports inside the network too',
    },
    'the ports of answers, which hold 3389': {
      given: given([allow(100, tcp(1024, 65535))]),
      plan: [],
      byHand: 'A deny entry before 100 allow tcp 1024-65535',
    },
    'all traffic, where the parameter asks for denials': {
      given: given([allow(90, { ...tcp(22), CidrBlock: '203.0.113.0/24' }), allow(100)]),
      parameters: { denyInFront: true },
      plan: [
        created(denied(99, '6', 22)),
        created(denied(98, '6', 3389)),
        created(denied(97, '17', 22)),
        created(denied(96, '17', 3389)),
      ],
      undo: [99, 98, 97, 96].map(deleted),
      after: given([
        denied(96, '17', 3389),
        denied(97, '17', 22),
        denied(98, '6', 3389),
        denied(99, '6', 22),
        allow(100),
      ]),
    },
    'no number left before it': {
      given: given([allow(1)]),
      parameters: { denyInFront: true },
      plan: [],
      byHand: 'There is no free number right before 1 allow all traffic from 0.0.0.0/0.',
    },
  },
});

for (const one of [scene, ...more]) testScene(control, one);
