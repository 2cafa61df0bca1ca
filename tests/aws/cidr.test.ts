import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isTooWide, opensPort, reachableRanges, reachOf } from '../../shared/aws/cidr.ts';

const reachOfCidrs = (cidrs: readonly string[]) => reachOf(reachableRanges(cidrs));
const coversTheWorld = (cidrs: readonly string[]) => reachOfCidrs(cidrs) >= 0.5;
const BREADTH = { ipv4: 8, ipv6: 16 };

/** A /p of IPv4 with p ≤ 8, spelt with any host bits: it lets in whole /8 buckets of 256. */
const ipv4 = fc
  .record({ octets: fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }), prefix: fc.nat(8) })
  .map(({ octets, prefix }) => {
    const first = (octets[0] as number) & (prefix === 0 ? 0 : 0xff << (8 - prefix));
    const buckets = Array.from({ length: 2 ** (8 - prefix) }, (_, index) => first + index);
    return { cidr: `${octets.join('.')}/${prefix}`, buckets };
  });

/** A /p of IPv6 with p ≤ 11: buckets are the 2048 /11 of the whole space, of which 256 (2000::/3) can be reached. */
const ipv6 = fc
  .record({ head: fc.nat(0xffff), tail: fc.nat(0xffff), prefix: fc.nat(11), long: fc.boolean() })
  .map(({ head, tail, prefix, long }) => {
    const first = (head >> 5) & (prefix === 0 ? 0 : 0x7ff << (11 - prefix)) & 0x7ff;
    const buckets = Array.from({ length: 2 ** (11 - prefix) }, (_, index) => first + index);
    const tailText = long ? `:0:0:0:0:0:0:${tail.toString(16)}` : `::${tail.toString(16)}`;
    return { cidr: `${head.toString(16)}${tailText}/${prefix}`, buckets };
  });
const reachable = (bucket: number) => bucket >= 0x200 >> 1 && bucket < 0x400 >> 1;

/** The brute-force reach: how many of the 256 reachable buckets are let in. */
const shareOf = (networks: readonly { buckets: readonly number[] }[], counts: (bucket: number) => boolean) =>
  new Set(networks.flatMap(({ buckets }) => buckets).filter(counts)).size / 256;

describe('reachOf reachableRanges', () => {
  test('agree with counting buckets of addresses, in either family and mixed', () => {
    fc.assert(
      fc.property(fc.array(ipv4, { maxLength: 12 }), fc.array(ipv6, { maxLength: 12 }), (v4, v6) => {
        const share = Math.max(
          shareOf(v4, () => true),
          shareOf(v6, reachable),
        );
        const cidrs = [...v4, ...v6].map(({ cidr }) => cidr);
        expect(reachOfCidrs(cidrs)).toBe(share);
        expect(coversTheWorld(cidrs)).toBe(share >= 0.5);
      }),
    );
  });

  test('do not depend on order or repetition', () => {
    const some = fc
      .array(fc.oneof(ipv4, ipv6), { minLength: 1, maxLength: 12 })
      .map((all) => all.map(({ cidr }) => cidr));
    fc.assert(
      fc.property(some, (cidrs) => {
        expect(reachableRanges([...cidrs.toReversed(), ...cidrs])).toEqual(reachableRanges(cidrs));
      }),
    );
  });

  test.each<[boolean, readonly string[]]>([
    [true, ['0.0.0.0/0']],
    [true, ['1.2.3.4/0']],
    [true, ['0::/0']],
    [true, ['0:0:0:0:0:0:0:0/0']],
    [true, ['0.0.0.0/1', '128.0.0.0/1']],
    [true, ['128.0.0.0/1']],
    [true, Array.from({ length: 128 }, (_, n) => `${n}.0.0.0/8`)],
    [true, ['2000::/3']],
    [true, ['2000::/4']],
    [true, ['::/1']],
    [false, []],
    [false, Array.from({ length: 127 }, (_, n) => `${n}.0.0.0/8`)],
    [false, ['64.0.0.0/2', '2000::/5']],
    [false, ['8000::/1', 'fc00::/7']],
  ])('half of the world is %p for %j', (covers, cidrs) => {
    expect(coversTheWorld(cidrs)).toBe(covers);
  });
});

describe('isTooWide', () => {
  test('compares the prefix with what its family allows, whatever the host bits', () => {
    const breadth = fc.record({ ipv4: fc.integer({ min: 1, max: 32 }), ipv6: fc.integer({ min: 1, max: 128 }) });
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(32), breadth, (address, prefix, allowed) => {
        expect(isTooWide(`${address}/${prefix}`, allowed)).toBe(prefix < allowed.ipv4);
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), fc.nat(128), breadth, (address, prefix, allowed) => {
        expect(isTooWide(`${address}/${prefix}`, allowed)).toBe(prefix < allowed.ipv6);
      }),
    );
  });

  test.each<[boolean, string]>([
    [true, '0.0.0.0/0'],
    [true, '208.236.235.254/0'],
    [true, '0.0.0.0/7'],
    [false, '10.0.0.0/8'],
    [false, '198.51.100.7'],
    [true, '::/0'],
    [true, '0::/0'],
    [true, '2000::/3'],
    [true, '::/15'],
    [false, '2001:db8::/32'],
    [false, '2001::/16'],
  ])('is %p for %s', (wide, cidr) => {
    expect(isTooWide(cidr, BREADTH)).toBe(wide);
  });
});

describe('what is no CIDR', () => {
  const broken = [
    '',
    '/0',
    'null',
    'anywhere',
    '1.2.3/8',
    '1.2.3.4.5/8',
    '1.2.3.256/8',
    ' 0.0.0.0/0',
    '0.0.0.0/',
    '0.0.0.0/-1',
    '0.0.0.0/0x0',
    '0.0.0.0/0/0',
    '1.2.3.4/33',
    '1.2.3.4/129',
    '::/129',
    '::/1000',
    'g::/8',
    ':::/0',
    '1::2::3/8',
    '12345::/8',
  ];
  test.each(broken)('%j throws, and is never taken for something narrow', (cidr) => {
    expect(() => isTooWide(cidr, BREADTH)).toThrow();
    expect(() => coversTheWorld(['192.0.2.0/24', cidr])).toThrow();
  });

  test('any other text throws too', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^[\d.]+(\/\d+)?$|^[\da-f:.]+(\/\d+)?$/i.test(text));
        expect(() => isTooWide(text, BREADTH)).toThrow();
      }),
    );
  });
});

describe('opensPort', () => {
  const PORTS = [0, 1, 21, 22, 23, 3388, 3389, 3390, 65534, 65535];
  /** Every form of "this rule's ports" with the ports it means; null: all of them. */
  const ranges = fc.oneof(
    fc.constant({ rule: {}, low: 0, high: 65535 }),
    fc.constant({ rule: { FromPort: -1, ToPort: -1 }, low: 0, high: 65535 }),
    fc.constant({ rule: { FromPort: 0, ToPort: 65535 }, low: 0, high: 65535 }),
    fc.nat(65535).map((low) => ({ rule: { FromPort: low }, low, high: 65535 })),
    fc.nat(65535).map((low) => ({ rule: { FromPort: low, ToPort: -1 }, low, high: 65535 })),
    fc.tuple(fc.nat(65535), fc.nat(65535)).map(([a, b]) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      return { rule: { FromPort: low, ToPort: high }, low, high };
    }),
    fc.constantFrom(...PORTS).map((port) => ({ rule: { FromPort: port, ToPort: port }, low: port, high: port })),
  );

  test.each(['tcp', 'udp', 'TCP', 'Udp', '6', '17'])('%s opens exactly the ports of its range', (IpProtocol) => {
    fc.assert(
      fc.property(ranges, fc.oneof(fc.nat(65535), fc.constantFrom(...PORTS)), ({ rule, low, high }, port) => {
        expect(opensPort({ IpProtocol, ...rule }, port)).toBe(low <= port && port <= high);
      }),
    );
  });

  test.each(['-1', 'all', 'ALL'])('%s opens every port, whatever else it says', (IpProtocol) => {
    fc.assert(
      fc.property(ranges, fc.nat(65535), ({ rule }, port) => {
        expect(opensPort({ IpProtocol, ...rule }, port)).toBe(true);
      }),
    );
  });

  test.each(['icmp', 'icmpv6', '1', '58', '50', '132', 'constructor', 'toString', '', undefined])(
    '%s opens no TCP or UDP port',
    (IpProtocol) => {
      fc.assert(
        fc.property(ranges, fc.nat(65535), ({ rule }, port) => {
          expect(opensPort({ IpProtocol, ...rule }, port)).toBe(false);
        }),
      );
    },
  );
});
