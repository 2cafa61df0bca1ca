import { mergeCidr, parseCidr } from 'cidr-tools';

/** Widths that are still allowed for one CIDR: a shorter prefix is too wide. */
export interface Breadth {
  readonly ipv4: number;
  readonly ipv6: number;
}

type Family = 4 | 6;
const BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };
/** Addresses that can be reached at all: the whole of IPv4, and 2000::/3, the only part of IPv6 that is routed. */
const REACHABLE: Readonly<Record<Family, bigint>> = { 4: 1n << 32n, 6: 1n << 125n };

const parsed = (cidr: string) => parseCidr(cidr);
const prefixOf = (cidr: string): number => Number(parsed(cidr).prefix);
const familyOf = (cidr: string): Family => (parsed(cidr).version === 6 ? 6 : 4);
const sizeOf = (cidr: string): bigint => 1n << BigInt(BITS[familyOf(cidr)] - prefixOf(cidr));

/** True where one CIDR by itself is wider than allowed; `1.2.3.4/0` is the whole space, as AWS reads it. */
export function isTooWide(cidr: string, breadth: Breadth): boolean {
  return prefixOf(cidr) < (familyOf(cidr) === 6 ? breadth.ipv6 : breadth.ipv4);
}

/** True where the CIDRs of one family together let in half of all reachable addresses or more: split ranges are as open as 0.0.0.0/0. */
export function coversTheWorld(cidrs: readonly string[]): boolean {
  return ([4, 6] as const).some((family) => {
    const ofFamily = cidrs.filter((cidr) => familyOf(cidr) === family);
    if (ofFamily.length === 0) return false;
    const covered = mergeCidr(ofFamily).reduce((sum, cidr) => sum + sizeOf(cidr), 0n);
    return covered * 2n >= REACHABLE[family];
  });
}

/** The size of the widest CIDR as a share of its family's space, so that IPv4 and IPv6 compare. */
export function widestShare(cidrs: readonly string[]): number {
  return Math.max(0, ...cidrs.map((cidr) => 2 ** -prefixOf(cidr)));
}

/** IANA numbers of the protocols that have ports. */
const PORT_PROTOCOLS: Readonly<Record<string, string>> = { 6: 'tcp', 17: 'udp', tcp: 'tcp', udp: 'udp' };

/** Ports that a rule opens: `all` for protocol -1, null for protocols without ports. */
interface PortRule {
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
}

/** True where the rule lets traffic to the TCP or UDP port through. Protocol -1 opens all; missing ports and -1 mean every port. */
export function opensPort({ IpProtocol, FromPort, ToPort }: PortRule, port: number): boolean {
  const protocol = (IpProtocol ?? '').toLowerCase();
  if (protocol === '-1' || protocol === 'all') return true;
  if (PORT_PROTOCOLS[protocol] === undefined) return false;
  if (FromPort === undefined || FromPort === -1) return true;
  return FromPort <= port && port <= (ToPort === undefined || ToPort === -1 ? 65535 : ToPort);
}
