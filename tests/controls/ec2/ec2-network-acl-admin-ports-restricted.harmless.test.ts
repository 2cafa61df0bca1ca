import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import { expect } from '@jest/globals';
import fc from 'fast-check';
import control from '../../../shared/controls/ec2/ec2-network-acl-admin-ports-restricted.ts';
import { type Model, testHarmless } from '../../support/harm/test-harmless.ts';

interface Acl {
  readonly isDefault: boolean;
  readonly entries: readonly NetworkAclEntry[];
}

const ACL = 'acl-0a1b2c3d4e5f60718';
const PORTS = [22, 3389];

/** Areas of the address space that no CIDR below divides, with how many addresses that are routed each has. */
const AREAS = [
  { name: 'lower half', family: 4, size: 2n ** 31n - 2n ** 24n, cidrs: ['0.0.0.0/0', '0.0.0.0/1'] },
  { name: 'private', family: 4, size: 2n ** 24n, cidrs: ['0.0.0.0/0', '0.0.0.0/1', '10.0.0.0/8'] },
  { name: 'upper half', family: 4, size: 2n ** 31n - 2n ** 8n, cidrs: ['0.0.0.0/0', '128.0.0.0/1'] },
  { name: 'office', family: 4, size: 2n ** 8n, cidrs: ['0.0.0.0/0', '128.0.0.0/1', '203.0.113.0/24'] },
  { name: 'routed IPv6', family: 6, size: 2n ** 125n - 2n ** 96n, cidrs: ['::/0', '2000::/3'] },
  { name: 'IPv6 of documents', family: 6, size: 2n ** 96n, cidrs: ['::/0', '2000::/3', '2001:db8::/32'] },
  { name: 'local IPv6', family: 6, size: 0n, cidrs: ['::/0', 'fd00::/8'] },
] as const;
const CIDRS = [...new Set(AREAS.flatMap(({ cidrs }) => cidrs))];
const WORLD: Readonly<Record<4 | 6, bigint>> = { 4: 2n ** 32n, 6: 2n ** 125n };
type Area = (typeof AREAS)[number];

interface Packet {
  readonly area: Area;
  readonly protocol: string;
  readonly port: number | null;
}

const isAbout = (
  { Protocol, PortRange, CidrBlock, Ipv6CidrBlock }: NetworkAclEntry,
  { area, protocol, port }: Packet,
) =>
  (area.cidrs as readonly string[]).includes(CidrBlock ?? Ipv6CidrBlock ?? '') &&
  (Protocol === '-1' ||
    (Protocol === protocol && (port === null || ((PortRange?.From ?? 0) <= port && port <= (PortRange?.To ?? 65535)))));

/** The entry that decides about a packet: of those that are about it, the one of the lowest number. */
const decidedBy = (entries: readonly NetworkAclEntry[], packet: Packet) =>
  entries
    .filter((entry) => entry.Egress === false && isAbout(entry, packet))
    .toSorted((a, b) => Number(a.RuleNumber) - Number(b.RuleNumber))[0];

/** The entries by which half of the world gets in, where the narrowest stay as long as there is room. */
function exposing(entries: readonly NetworkAclEntry[]): ReadonlySet<NetworkAclEntry> {
  const found = new Set<NetworkAclEntry>();
  for (const protocol of ['6', '17'])
    for (const port of PORTS)
      for (const family of [4, 6] as const) {
        const letIn = new Map<NetworkAclEntry, bigint>();
        for (const area of AREAS.filter((one) => one.family === family)) {
          const by = decidedBy(entries, { area, protocol, port });
          if (by?.RuleAction === 'allow') letIn.set(by, (letIn.get(by) ?? 0n) + area.size);
        }
        let sum = 0n;
        for (const [entry, size] of [...letIn].sort(
          ([a, x], [b, y]) => Number(x - y) || Number(a.RuleNumber) - Number(b.RuleNumber),
        ))
          if ((sum + size) * 2n >= WORLD[family]) found.add(entry);
          else sum += size;
      }
  return found;
}

const isForPortsAlone = ({ Protocol = '', PortRange }: NetworkAclEntry) =>
  ['6', '17'].includes(Protocol) && PortRange?.From === PortRange?.To && PORTS.includes(PortRange?.From ?? -1);

/** What may be deleted, and what is left that lets the world in. */
function remedyOf(entries: readonly NetworkAclEntry[]) {
  let kept = entries;
  for (;;) {
    const left = exposing(kept);
    const next = kept.filter((entry) => !(left.has(entry) && isForPortsAlone(entry)));
    if (next.length === kept.length) return { deleted: entries.filter((entry) => !kept.includes(entry)), left };
    kept = next;
  }
}

const nameOf = ({ Egress, RuleNumber }: NetworkAclEntry) => `${Egress ? 'outbound' : 'inbound'} ${RuleNumber}`;
const port = fc.constantFrom(0, 21, 22, 23, 443, 1024, 3388, 3389, 65535);
const traffic = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<Partial<NetworkAclEntry>>({ Protocol: '-1' }, { Protocol: '1' }) },
  {
    weight: 4,
    arbitrary: fc
      .record({ Protocol: fc.constantFrom('6', '17'), one: fc.constantFrom(...PORTS) })
      .map(({ Protocol, one }) => ({
        Protocol,
        PortRange: { From: one, To: one },
      })),
  },
  fc.record({ Protocol: fc.constantFrom('6', '17'), a: port, b: port }).map(({ Protocol, a, b }) => ({
    Protocol,
    PortRange: { From: Math.min(a, b), To: Math.max(a, b) },
  })),
);
const cidr = fc
  .constantFrom(...CIDRS)
  .map((text) => (text.includes(':') ? { Ipv6CidrBlock: text } : { CidrBlock: text }));
const entry = fc
  .record({
    RuleNumber: fc.constantFrom(90, 99, 100, 101, 110, 200, 32766),
    Egress: fc.boolean(),
    RuleAction: fc.constantFrom('allow', 'deny'),
    traffic,
    cidr,
  })
  .map(({ traffic: what, cidr: from, ...rest }) => ({ ...rest, ...what, ...from }) as NetworkAclEntry);
const aclOf = fc.record<Acl>({
  isDefault: fc.constantFrom(false, false, true),
  entries: fc.uniqueArray(entry, { selector: nameOf, maxLength: 7 }),
});

/** Packets of ports that the control leaves alone; and of its own, from where nobody of the world comes. */
const OTHERS: readonly Packet[] = AREAS.flatMap((area) =>
  ['6', '17', '1'].flatMap((protocol) =>
    (protocol === '1' ? [null] : [0, 21, 23, 443, 1024, 3388, 3390, 65535]).map((at) => ({ area, protocol, port: at })),
  ),
);
const decisions = ({ entries }: Acl) => OTHERS.map((packet) => decidedBy(entries, packet)?.RuleAction ?? 'deny');

const modelWith = (denyInFront: boolean): Model<Acl> => ({
  resourceId: ACL,
  parameters: { denyInFront },
  good: aclOf.map((acl) => {
    let { entries } = acl;
    for (let found = exposing(entries); found.size > 0; found = exposing(entries))
      entries = entries.filter((one) => !found.has(one));
    return { ...acl, entries };
  }),
  any: aclOf,
  isPossible: ({ entries }) =>
    new Set(entries.map(nameOf)).size === entries.length &&
    entries.every(({ Protocol = '', PortRange, CidrBlock, Ipv6CidrBlock }) => {
      const { From = 0, To = 0 } = PortRange ?? {};
      return (
        (PortRange !== undefined) === ['6', '17'].includes(Protocol) &&
        From <= To &&
        (CidrBlock === undefined) !== (Ipv6CidrBlock === undefined)
      );
    }),
  read: ({ isDefault, entries }) => ({ networkAcl: { isDefault, entries, vpcId: 'vpc-0a1b2c3d4e5f60718' } }),
  calledFor: ({ isDefault, entries }) => {
    const { deleted, left } = remedyOf(entries);
    return {
      isDrift: exposing(entries).size > 0,
      parts: deleted.map(nameOf),
      isByHand: left.size > 0 && (isDefault || !denyInFront),
    };
  },
  partsOf: ({ isDefault, entries }) => ({ isDefault, ...Object.fromEntries(entries.map((one) => [nameOf(one), one])) }),
  mayAdd: (_name, part) => {
    const { Egress, RuleAction, PortRange } = part as NetworkAclEntry;
    const isOnePort = PortRange?.From === PortRange?.To && PORTS.includes(PortRange?.From ?? -1);
    return denyInFront && Egress === false && RuleAction === 'deny' && isOnePort;
  },
  apply: ({ entries, ...rest }, { operation, input }) => {
    const { NetworkAclId, ...asked } = input as NetworkAclEntry & { readonly NetworkAclId: string };
    const others = entries.filter((one) => nameOf(one) !== nameOf(asked));
    const isThere = others.length < entries.length;
    if (NetworkAclId === ACL && operation === 'DeleteNetworkAclEntry' && isThere) return { ...rest, entries: others };
    if (NetworkAclId === ACL && operation === 'CreateNetworkAclEntry' && !isThere)
      return { ...rest, entries: [...entries, asked] };
    throw new Error(`${operation} of ${NetworkAclId} ${nameOf(asked)} was not expected`);
  },
  expectKept: (before, after) => expect(decisions(after)).toEqual(decisions(before)),
});

testHarmless(control, modelWith(false));
testHarmless(control, modelWith(true));
