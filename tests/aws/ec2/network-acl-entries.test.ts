import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deletions, denials, entriesOf, exposures, inWords } from '../../../shared/aws/ec2/network-acl-entries.ts';

const PORTS = [22, 3389];
const entry = (RuleNumber: number, change: Partial<NetworkAclEntry> = {}): NetworkAclEntry => ({
  RuleNumber,
  Egress: false,
  RuleAction: 'allow',
  Protocol: '-1',
  CidrBlock: '0.0.0.0/0',
  ...change,
});
const tcp = (From: number, To = From) => ({ Protocol: '6', PortRange: { From, To } });
const deny = { RuleAction: 'deny' } as const;
const exposing = (...entries: NetworkAclEntry[]) =>
  entriesOf(exposures(entries, PORTS)).map(({ RuleNumber }) => RuleNumber);

describe('entries that let the world in', () => {
  test.each<[string, NetworkAclEntry[], number[]]>([
    ['all traffic', [entry(100)], [100]],
    ['all traffic by IPv6', [entry(100, { CidrBlock: undefined, Ipv6CidrBlock: '::/0' })], [100]],
    ['all of routed IPv6', [entry(100, { CidrBlock: undefined, Ipv6CidrBlock: '2000::/3' })], [100]],
    ['a port', [entry(100, tcp(3389))], [100]],
    ['UDP', [entry(100, { Protocol: '17', PortRange: { From: 3389, To: 3389 } })], [100]],
    ['a range of ports', [entry(100, tcp(1024, 65535))], [100]],
    ['another port', [entry(100, tcp(443))], []],
    ['a protocol without ports', [entry(100, { Protocol: '1' })], []],
    ['egress', [entry(100, { Egress: true })], []],
    ['a deny before it', [entry(90, { ...tcp(22), ...deny }), entry(100, tcp(22))], []],
    ['a deny of all traffic before it', [entry(90, deny), entry(100)], []],
    ['a deny after it', [entry(100, tcp(22)), entry(110, { ...tcp(22), ...deny })], [100]],
    ['a deny of another port before it', [entry(90, { ...tcp(23), ...deny }), entry(100, tcp(22))], [100]],
    ['a deny of TCP alone', [entry(90, { ...tcp(22), ...deny }), entry(100)], [100]],
    ['a narrow deny before it', [entry(90, { ...deny, CidrBlock: '10.0.0.0/8' }), entry(100)], [100]],
    [
      'denies of most of the world before it',
      [entry(80, { ...deny, CidrBlock: '0.0.0.0/1' }), entry(90, { ...deny, CidrBlock: '128.0.0.0/2' }), entry(100)],
      [],
    ],
    ['an office', [entry(100, { CidrBlock: '203.0.113.0/24' })], []],
    [
      'two halves, of which one may stay',
      [entry(100, { CidrBlock: '0.0.0.0/1' }), entry(110, { CidrBlock: '128.0.0.0/2' })],
      [100],
    ],
    ['the order of numbers, not of the answer', [entry(100, tcp(22)), entry(90, { ...tcp(22), ...deny })], []],
  ])('%s', (_name, entries, expected) => {
    expect(exposing(...entries)).toEqual(expected);
  });

  test('are said in words', () => {
    expect(
      [entry(100, tcp(22)), entry(7, { ...tcp(1, 9), ...deny }), entry(1), entry(2, { Protocol: '47' })].map(inWords),
    ).toEqual([
      '100 allow tcp 22 from 0.0.0.0/0',
      '7 deny tcp 1-9 from 0.0.0.0/0',
      '1 allow all traffic from 0.0.0.0/0',
      '2 allow protocol 47 from 0.0.0.0/0',
    ]);
  });
});

/** One of 16 addresses for each /4; an entry is about a block of them. */
const arbitraryEntry = fc
  .record({
    block: fc.integer({ min: 0, max: 15 }),
    prefix: fc.integer({ min: 0, max: 4 }),
    protocol: fc.constantFrom('-1', '6', '17', '1'),
    ports: fc.constantFrom([22, 22], [3389, 3389], [20, 25], [1024, 65535], [443, 443]),
    action: fc.constantFrom('allow', 'deny'),
    egress: fc.boolean(),
  })
  .map(({ block, prefix, protocol, ports: [From, To], action, egress }) => ({
    Egress: egress,
    RuleAction: action as 'allow' | 'deny',
    Protocol: protocol,
    ...(protocol === '6' || protocol === '17' ? { PortRange: { From, To } } : {}),
    CidrBlock: `${(block * 16) & (prefix === 0 ? 0 : 0xff << (8 - prefix)) & 0xff}.0.0.0/${prefix}`,
  }));
const arbitraryAcl = fc
  .array(arbitraryEntry, { maxLength: 8 })
  .map((entries) => entries.map((one, index): NetworkAclEntry => ({ ...one, RuleNumber: 10 * (index + 1) })));

/** Address by address, as EC2 does it: the first entry that matches decides. */
function letIn(entries: readonly NetworkAclEntry[], protocol: string, port: number): number {
  const ordered = entries.filter(({ Egress }) => !Egress).sort((a, b) => (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0));
  const holds = ({ CidrBlock = '' }: NetworkAclEntry, address: number) => {
    const [network = '', prefix = ''] = CidrBlock.split('/');
    const bits = 8 - Number(prefix);
    return address >> bits === Number(network.split('.')[0]) >> bits;
  };
  const matches = (one: NetworkAclEntry, address: number) =>
    (one.Protocol === '-1' ||
      (one.Protocol === protocol && (one.PortRange?.From ?? 0) <= port && port <= (one.PortRange?.To ?? 65535))) &&
    holds(one, address);
  return Array.from({ length: 16 }, (_, index) => index * 16).filter(
    (address) => ordered.find((one) => matches(one, address))?.RuleAction === 'allow',
  ).length;
}
const isOpen = (entries: readonly NetworkAclEntry[]) =>
  ['6', '17'].some((protocol) => PORTS.some((port) => letIn(entries, protocol, port) >= 8));

describe('whatever the entries are', () => {
  test('they are judged as EC2 does it, address by address', () => {
    fc.assert(
      fc.property(arbitraryAcl, (entries) => {
        expect(exposing(...entries).length > 0).toBe(isOpen(entries));
      }),
    );
  });

  test('what is deleted is for the ports alone, and what is left after the denials lets nobody in who was not in before', () => {
    fc.assert(
      fc.property(arbitraryAcl, (entries) => {
        const { deleted, left } = deletions(entries, PORTS);
        for (const { PortRange, Egress, RuleAction } of deleted)
          expect({ PortRange, Egress, RuleAction }).toEqual({
            PortRange: { From: expect.any(Number), To: PortRange?.From },
            Egress: false,
            RuleAction: 'allow',
          });
        const kept = entries.filter((one) => !deleted.includes(one));
        const denied = denials(kept, left) ?? [];
        const after = [...kept, ...denied];
        expect(isOpen(after)).toBe(false);
        for (const port of [22, 443, 3389])
          for (const protocol of ['6', '17'])
            expect(letIn(after, protocol, port)).toBeLessThanOrEqual(letIn(entries, protocol, port));
        expect(letIn(after, '6', 443)).toBe(letIn(entries, '6', 443));
      }),
    );
  });
});

test('denials stand right before what they deny, under free numbers, and none where there is no room', () => {
  const acl = [entry(90, { CidrBlock: '203.0.113.0/24' }), entry(100)];
  expect(denials(acl, exposures(acl, [22]))).toEqual([
    entry(99, { ...tcp(22), ...deny }),
    entry(98, { Protocol: '17', PortRange: { From: 22, To: 22 }, ...deny }),
  ]);
  const crowded = [entry(98, { CidrBlock: '203.0.113.0/24' }), entry(100)];
  expect(denials(crowded, exposures(crowded, [22]))).toBeNull();
  const first = [entry(1)];
  expect(denials(first, exposures(first, [22]))).toBeNull();
});
