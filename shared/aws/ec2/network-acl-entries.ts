import {
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclEntryCommand,
  EC2Client,
  type NetworkAclEntry,
} from '@aws-sdk/client-ec2';
import { excludeCidr } from 'cidr-tools';
import { onResources } from '../../resource.ts';
import { step, stepBuilder, undoneBy } from '../../step.ts';
import { type AddressRange, isTheWorld, reachableRanges, sizeOf } from '../cidr.ts';

/** Numbers of the protocols that have ports, and of all protocols. */
const PORT_PROTOCOLS = { '6': 'tcp', '17': 'udp' } as const;
const ALL_PROTOCOLS = '-1';

/** Traffic that one entry can deny. */
export interface Traffic {
  readonly protocol: keyof typeof PORT_PROTOCOLS;
  readonly port: number;
  readonly family: 4 | 6;
}

/** An entry that lets traffic in from the world. */
export interface Exposure {
  readonly entry: NetworkAclEntry;
  readonly traffic: Traffic;
}

const everyTraffic = (ports: readonly number[]): readonly Traffic[] =>
  (['6', '17'] as const).flatMap((protocol) =>
    ports.flatMap((port) => ([4, 6] as const).map((family) => ({ protocol, port, family }))),
  );

const cidrOf = ({ CidrBlock, Ipv6CidrBlock }: NetworkAclEntry, family: 4 | 6) =>
  family === 4 ? CidrBlock : Ipv6CidrBlock;

const isAbout = (entry: NetworkAclEntry, { protocol, port }: Traffic): boolean => {
  if (entry.Protocol === ALL_PROTOCOLS) return true;
  const { From = 0, To = 65535 } = entry.PortRange ?? {};
  return entry.Protocol === protocol && From <= port && port <= To;
};

interface Allowed {
  readonly entry: NetworkAclEntry;
  readonly size: bigint;
}

const addressesIn = (ranges: readonly AddressRange[], family: 4 | 6): bigint =>
  ranges.filter((range) => range.family === family).reduce((sum, range) => sum + sizeOf(range), 0n);

/** What each entry lets in of the traffic: the addresses that no entry of a lower number has decided. */
function allowedBy(entries: readonly NetworkAclEntry[], traffic: Traffic): readonly Allowed[] {
  const decided: string[] = [];
  const allowed: Allowed[] = [];
  for (const entry of entries) {
    const cidr = cidrOf(entry, traffic.family);
    if (cidr === undefined || !isAbout(entry, traffic)) continue;
    const left = excludeCidr([cidr], decided);
    if (entry.RuleAction === 'allow') allowed.push({ entry, size: addressesIn(reachableRanges(left), traffic.family) });
    decided.push(cidr);
  }
  return allowed;
}

/** Inbound entries in the order in which EC2 looks at them. */
const inbound = (entries: readonly NetworkAclEntry[]): readonly NetworkAclEntry[] =>
  entries.filter(({ Egress }) => Egress === false).toSorted((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));

/** The inbound entries by which half of the world or more reaches one of the ports, by TCP or UDP. Where several together do, the narrowest stay as long as there is room. */
export function exposures(entries: readonly NetworkAclEntry[], ports: readonly number[]): readonly Exposure[] {
  const ordered = inbound(entries);
  return everyTraffic(ports).flatMap((traffic) => {
    let letIn = 0n;
    const narrowestFirst = allowedBy(ordered, traffic).toSorted(
      (a, b) => Number(a.size > b.size) - Number(a.size < b.size),
    );
    return narrowestFirst.flatMap(({ entry, size }) => {
      if (isTheWorld(letIn + size, traffic.family)) return [{ entry, traffic }];
      letIn += size;
      return [];
    });
  });
}

/** True where the entry is for some of the ports and nothing else: to delete it takes nothing else away. */
const isForPortsAlone = ({ Protocol = '', PortRange }: NetworkAclEntry, ports: readonly number[]): boolean => {
  if (!(Protocol in PORT_PROTOCOLS) || PortRange?.From === undefined || PortRange.To === undefined) return false;
  const { From, To } = PortRange;
  return new Set(ports.filter((port) => From <= port && port <= To)).size === To - From + 1;
};

export const entriesOf = (found: readonly Exposure[]): readonly NetworkAclEntry[] => [
  ...new Set(found.map(({ entry }) => entry)),
];

/** The entries to delete: those for the ports alone by which the world gets in, and those that this uncovers. `left`: what lets the world in by entries that are for more. */
export function deletions(entries: readonly NetworkAclEntry[], ports: readonly number[]) {
  const deleted: NetworkAclEntry[] = [];
  for (;;) {
    const left = exposures(
      entries.filter((entry) => !deleted.includes(entry)),
      ports,
    );
    const next = entriesOf(left).filter((entry) => isForPortsAlone(entry, ports));
    if (next.length === 0) return { deleted, left };
    deleted.push(...next);
  }
}

/** An entry in a few words: `100 allow tcp 22 from 0.0.0.0/0`. */
export const inWords = (entry: NetworkAclEntry): string => `${entry.RuleNumber} ${contentOf(entry)}`;

function contentOf({ Protocol = '', RuleAction, PortRange, CidrBlock, Ipv6CidrBlock }: NetworkAclEntry): string {
  const { From, To } = PortRange ?? {};
  const ports = From === undefined ? '' : ` ${From === To ? From : `${From}-${To}`}`;
  const traffic = Protocol === ALL_PROTOCOLS ? 'all traffic' : `${nameOf(Protocol)}${ports}`;
  return `${RuleAction} ${traffic} from ${CidrBlock ?? Ipv6CidrBlock}`;
}

const nameOf = (protocol: string): string =>
  Object.entries(PORT_PROTOCOLS).find(([number]) => number === protocol)?.[1] ?? `protocol ${protocol}`;

/** An entry by its content, whatever its number: `inbound allow tcp 22 from 0.0.0.0/0`. */
export const entryElement = (entry: NetworkAclEntry): string => `inbound ${contentOf(entry)}`;

const NETWORK_ACLS = 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:network-acl/*';
const GONE = ['InvalidNetworkAclEntry.NotFound'];

const create = (NetworkAclId: string, entry: NetworkAclEntry) => {
  const { RuleNumber, Protocol, RuleAction, CidrBlock, Ipv6CidrBlock, PortRange } = entry;
  const from = CidrBlock === undefined ? { Ipv6CidrBlock } : { CidrBlock };
  const ports = PortRange === undefined ? {} : { PortRange };
  return { NetworkAclId, Egress: false, RuleNumber, Protocol, RuleAction, ...from, ...ports };
};

export const deleteEntry = stepBuilder(
  onResources(NETWORK_ACLS, 'ec2:DeleteNetworkAclEntry'),
  (NetworkAclId: string, entry: NetworkAclEntry) => {
    const elements = [entryElement(entry)];
    const input = { NetworkAclId, RuleNumber: entry.RuleNumber, Egress: false };
    return step(EC2Client, DeleteNetworkAclEntryCommand, input, {
      satisfiedBy: GONE,
      elements,
      undo: () => [step(EC2Client, CreateNetworkAclEntryCommand, create(NetworkAclId, entry), { elements })],
    });
  },
);

export const createEntry = stepBuilder(
  onResources(NETWORK_ACLS, 'ec2:CreateNetworkAclEntry'),
  (NetworkAclId: string, entry: NetworkAclEntry) => {
    const elements = [entryElement(entry)];
    const back = { NetworkAclId, RuleNumber: entry.RuleNumber, Egress: false };
    return step(EC2Client, CreateNetworkAclEntryCommand, create(NetworkAclId, entry), {
      elements,
      undo: () => [step(EC2Client, DeleteNetworkAclEntryCommand, back, { satisfiedBy: GONE, elements })],
    });
  },
);

/** What may undo `deleteEntry` and `createEntry`: of inbound entries alone. */
const inboundOf = ({ resourceId: NetworkAclId }: { readonly resourceId: string }) => ({ NetworkAclId, Egress: false });
export const undoCalls = [
  undoneBy(EC2Client, CreateNetworkAclEntryCommand, inboundOf, [
    'RuleNumber',
    'Protocol',
    'RuleAction',
    'CidrBlock',
    'Ipv6CidrBlock',
    'PortRange',
  ]),
  undoneBy(EC2Client, DeleteNetworkAclEntryCommand, inboundOf, ['RuleNumber']),
];

/** Entries that deny the traffic right before the entries that let it in, under free numbers, so that entries of lower numbers keep what they allow; null where there is no number left. */
export function denials(entries: readonly NetworkAclEntry[], left: readonly Exposure[]): NetworkAclEntry[] | null {
  const numbers = inbound(entries).map(({ RuleNumber = 0 }) => RuleNumber);
  const made: NetworkAclEntry[] = [];
  for (const [, found] of Map.groupBy(left, ({ traffic }) => JSON.stringify(traffic))) {
    const [{ traffic }] = found as [Exposure];
    const first = Math.min(...found.map(({ entry }) => entry.RuleNumber ?? 0));
    const taken = new Set([...numbers.filter((n) => n !== first), ...made.map(({ RuleNumber }) => RuleNumber)]);
    const before = Math.max(0, ...numbers.filter((n) => n < first));
    let number = first - 1;
    while (number > before && taken.has(number)) number -= 1;
    if (number <= before) return null;
    made.push({
      Egress: false,
      RuleNumber: number,
      RuleAction: 'deny',
      Protocol: traffic.protocol,
      PortRange: { From: traffic.port, To: traffic.port },
      ...(traffic.family === 4 ? { CidrBlock: '0.0.0.0/0' } : { Ipv6CidrBlock: '::/0' }),
    });
  }
  return made;
}
