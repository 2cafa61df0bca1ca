import { isIP } from 'node:net';
import { parseCidr } from 'cidr-tools';

/** Widths that are still allowed for one CIDR: a shorter prefix is too wide. */
export interface Breadth {
  readonly ipv4: number;
  readonly ipv6: number;
}

/** A CIDR as the numbers of its first and last address. */
interface Network {
  readonly family: 4 | 6;
  readonly prefix: number;
  readonly start: bigint;
  readonly end: bigint;
}

const BITS = { 4: 32, 6: 128 } as const;

/** Throws on text that is no CIDR: the library alone would read `1.2.3.4/129` or `1.2.3` as something narrow. */
function networkOf(cidr: string): Network {
  const family = isIP(cidr.split('/')[0] ?? '');
  if (family !== 4 && family !== 6) throw new Error(`"${cidr}" is not a CIDR`);
  const { prefix, start, end } = parseCidr(cidr);
  if (!(Number(prefix) <= BITS[family])) throw new Error(`"${cidr}" has a prefix longer than /${BITS[family]}`);
  return { family, prefix: Number(prefix), start, end };
}

/** Addresses that can be reached at all: the whole of IPv4, and the only part of IPv6 that is routed. */
const REACHABLE = { 4: networkOf('0.0.0.0/0'), 6: networkOf('2000::/3') } as const;

/** True where one CIDR by itself is wider than allowed; `1.2.3.4/0` is the whole space, as AWS reads it. */
export function isTooWide(cidr: string, breadth: Breadth): boolean {
  const { family, prefix } = networkOf(cidr);
  return prefix < (family === 6 ? breadth.ipv6 : breadth.ipv4);
}

/** Addresses from `start` to `end`, both included. */
export type AddressRange = Pick<Network, 'family' | 'start' | 'end'>;

/** The reachable addresses that the CIDRs let in together, as ranges in order that do not meet. Throws on text that is no CIDR. */
export function reachableRanges(cidrs: readonly string[]): readonly AddressRange[] {
  const merged: { family: 4 | 6; start: bigint; end: bigint }[] = [];
  for (const { family, start, end } of cidrs.map(networkOf).map(reachablePart).sort(byPlace)) {
    const last = merged.at(-1);
    if (end < start) continue;
    if (last?.family !== family || last.end + 1n < start) merged.push({ family, start, end });
    else if (last.end < end) last.end = end;
  }
  return merged;
}

const reachablePart = ({ family, start, end }: Network): AddressRange => {
  const world = REACHABLE[family];
  return { family, start: start < world.start ? world.start : start, end: end > world.end ? world.end : end };
};

const byPlace = (a: AddressRange, b: AddressRange) =>
  a.family - b.family || Number(a.start > b.start) - Number(a.start < b.start);

export const sizeOf = ({ start, end }: Pick<Network, 'start' | 'end'>): bigint => end - start + 1n;

/** The share of the reachable addresses of one family, the better covered one, that ranges hold which do not meet. */
export const reachOf = (ranges: readonly AddressRange[]): number =>
  Math.max(
    0,
    ...([4, 6] as const).map((family) => {
      const held = ranges.filter((range) => range.family === family).reduce((sum, range) => sum + sizeOf(range), 0n);
      return Number(held) / Number(sizeOf(REACHABLE[family]));
    }),
  );

/** True where this number of addresses is half of the reachable ones of the family or more: split ranges are as open as 0.0.0.0/0. */
export const isTheWorld = (addresses: bigint, family: 4 | 6): boolean => addresses * 2n >= sizeOf(REACHABLE[family]);

/** The protocols that have ports, by name and by IANA number. */
const PORT_PROTOCOLS: ReadonlySet<string> = new Set(['tcp', '6', 'udp', '17']);

/** The part of a rule that says which ports it opens. */
interface PortRule {
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
}

/** True where the rule lets traffic to the TCP or UDP port through. Protocol -1 opens all; missing ports and -1 mean every port. */
export function opensPort({ IpProtocol, FromPort, ToPort }: PortRule, port: number): boolean {
  const protocol = (IpProtocol ?? '').toLowerCase();
  if (protocol === '-1' || protocol === 'all') return true;
  if (!PORT_PROTOCOLS.has(protocol)) return false;
  if (FromPort === undefined || FromPort === -1) return true;
  return FromPort <= port && port <= (ToPort === undefined || ToPort === -1 ? 65535 : ToPort);
}
