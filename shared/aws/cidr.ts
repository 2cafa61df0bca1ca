import { isIP } from 'node:net';
import { mergeCidr, parseCidr } from 'cidr-tools';

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
const REACHABLE = [networkOf('0.0.0.0/0'), networkOf('2000::/3')] as const;

/** True where one CIDR by itself is wider than allowed; `1.2.3.4/0` is the whole space, as AWS reads it. */
export function isTooWide(cidr: string, breadth: Breadth): boolean {
  const { family, prefix } = networkOf(cidr);
  return prefix < (family === 6 ? breadth.ipv6 : breadth.ipv4);
}

/** The share of the reachable addresses of one family, the better covered one, that the CIDRs let in together. */
export function reachOf(cidrs: readonly string[]): number {
  const families = Map.groupBy(cidrs, (cidr) => networkOf(cidr).family);
  return Math.max(
    0,
    ...REACHABLE.map((world) => {
      const merged = mergeCidr([...(families.get(world.family) ?? [])]).map(networkOf);
      const covered = merged.reduce((sum, network) => sum + overlap(network, world), 0n);
      return Number(covered) / Number(sizeOf(world));
    }),
  );
}

const sizeOf = ({ start, end }: Network): bigint => end - start + 1n;

/** How many addresses two CIDRs share: all of the smaller one, or none. */
function overlap(a: Network, b: Network): bigint {
  const [small, large] = sizeOf(a) < sizeOf(b) ? [a, b] : [b, a];
  return large.start <= small.start && small.end <= large.end ? sizeOf(small) : 0n;
}

/** The same addresses in as few CIDRs as it takes. */
export const mergedCidrs = (cidrs: readonly string[]): readonly string[] => mergeCidr([...cidrs]);

/** True where the CIDRs of one family together let in half of all reachable addresses or more: split ranges are as open as 0.0.0.0/0. */
export function coversTheWorld(cidrs: readonly string[]): boolean {
  return reachOf(cidrs) >= 0.5;
}

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
