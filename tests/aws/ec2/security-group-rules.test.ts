import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { PrefixSums } from '../../../shared/aws/address-coverage.ts';
import { isTooWide, opensPort, reachableRanges, reachOf } from '../../../shared/aws/cidr.ts';
import { exposingRules, type RuleSet, sourcesOf } from '../../../shared/aws/ec2/security-group-rules.ts';
import { readable, Unreadable } from '../../../shared/resource.ts';

const reachOfCidrs = (cidrs: readonly string[]) => reachOf(reachableRanges(cidrs));
const BREADTH = { ipv4: 8, ipv6: 16 };
const PREFIX_LISTS: Readonly<Record<string, readonly string[]>> = {
  'pl-office': ['203.0.113.0/24'],
  'pl-many': Array.from({ length: 120 }, (_, n) => `${n}.0.0.0/8`),
  'pl-world': ['10.0.0.0/8', '0.0.0.0/0'],
  'pl-mixed': ['96.0.0.0/3', '2400::/12'],
};

/** What the property means by "the world reaches a port", said once more and without cleverness. */
const exposed = (rules: readonly SecurityGroupRule[], ports: readonly number[], lists = PREFIX_LISTS) =>
  ports.some((port) => {
    const sources = rules
      .filter((rule) => !rule.IsEgress && opensPort(rule, port))
      .map((rule) => readable(sourcesOf(rule, lists)) as readonly string[])
      .filter((cidrs) => reachOfCidrs(cidrs) > 0)
      .flat();
    return sources.some((cidr) => isTooWide(cidr, BREADTH)) || reachOfCidrs(sources) >= 0.5;
  });

const source = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(255), fc.integer({ min: 0, max: 9 })).map(([n, p]) => ({ CidrIpv4: `${n}.0.0.1/${p}` })),
  },
  { weight: 3, arbitrary: fc.nat(15).map((n) => ({ CidrIpv4: `${n * 16}.0.0.0/${n % 3 === 0 ? 8 : 24}` })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(0xffff), fc.integer({ min: 2, max: 20 }))
      .map(([n, p]) => ({ CidrIpv6: `${n.toString(16)}::/${p}` })),
  },
  { weight: 2, arbitrary: fc.constantFrom(...Object.keys(PREFIX_LISTS)).map((PrefixListId) => ({ PrefixListId })) },
  { weight: 1, arbitrary: fc.constant({ ReferencedGroupInfo: { GroupId: 'sg-1' } }) },
);
const span = fc.constantFrom(
  { IpProtocol: '-1', FromPort: -1, ToPort: -1 },
  { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 },
  { IpProtocol: '6', FromPort: 0, ToPort: 65535 },
  { IpProtocol: 'udp', FromPort: 3000, ToPort: 4000 },
  { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 },
  { IpProtocol: 'icmp', FromPort: -1, ToPort: -1 },
);
const group = fc.array(fc.tuple(span, source, fc.boolean()), { maxLength: 14 }).map((parts): SecurityGroupRule[] =>
  parts.map(([ports, from, egress], index) => ({
    SecurityGroupRuleId: `sgr-${String(index).padStart(3, '0')}`,
    IsEgress: egress && index % 4 === 0,
    ...ports,
    ...from,
  })),
);
/** Rules of which no one is too wide, and that together cover about half of the world. */
const crowd = fc
  .shuffledSubarray(
    Array.from({ length: 256 }, (_, n) => n),
    { minLength: 120, maxLength: 200 },
  )
  .chain((octets) => fc.tuple(...octets.map((n) => fc.tuple(fc.constant(n), fc.constantFrom(8, 8, 8, 9), span))))
  .map((parts): SecurityGroupRule[] =>
    parts.map(([n, prefix, { IpProtocol }], index) => ({
      SecurityGroupRuleId: `sgr-${String(index).padStart(3, '0')}`,
      IsEgress: false,
      IpProtocol: IpProtocol === 'icmp' ? 'icmp' : '-1',
      FromPort: -1,
      ToPort: -1,
      CidrIpv4: `${n}.0.0.0/${prefix}`,
    })),
  );
const PORTS = [22, 3389];

describe('exposingRules', () => {
  test.each([
    ['few rules of every kind', group, 200],
    ['a crowd of narrow rules', crowd, 15],
  ] as const)('of %s: the rest is not exposed, and nothing is taken in vain', (_name, rules, numRuns) => {
    fc.assert(
      fc.property(rules, (all) => {
        const exposing = exposingRules({ rules: all, prefixLists: PREFIX_LISTS }, PORTS, BREADTH);
        const rest = all.filter((rule) => !exposing.includes(rule));
        expect(exposed(rest, PORTS)).toBe(false);
        expect(exposing.length > 0).toBe(exposed(all, PORTS));
        for (const rule of exposing) expect(exposed([...rest, rule], PORTS)).toBe(true);
      }),
      { numRuns },
    );
  });

  test('does not depend on the order of rules or ports', () => {
    const shuffled = fc
      .oneof(group, crowd)
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));
    const ids = (rules: readonly SecurityGroupRule[]) => rules.map((rule) => rule.SecurityGroupRuleId).sort();
    fc.assert(
      fc.property(shuffled, ([all, again]) => {
        const first = exposingRules({ rules: all, prefixLists: PREFIX_LISTS }, PORTS, BREADTH);
        const second = exposingRules({ rules: again, prefixLists: PREFIX_LISTS }, PORTS.toReversed(), BREADTH);
        expect(ids(second)).toEqual(ids(first));
        expect(second).toEqual(again.filter((rule) => second.includes(rule)));
      }),
      { numRuns: 40 },
    );
  });

  const ssh = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22 };
  const named = (rules: Record<string, SecurityGroupRule>) =>
    exposingRules(
      {
        rules: Object.entries(rules).map(([SecurityGroupRuleId, rule]) => ({ SecurityGroupRuleId, ...rule })),
        prefixLists: PREFIX_LISTS,
      },
      PORTS,
      BREADTH,
    ).map((rule) => rule.SecurityGroupRuleId);

  test('takes the widest of narrow rules, and leaves the narrow ones', () => {
    const eighths = Object.fromEntries(
      Array.from({ length: 126 }, (_, n) => [`eight-${n}`, { ...ssh, CidrIpv4: `${n}.0.0.0/8` }]),
    );
    const office = { office: { ...ssh, CidrIpv4: '203.0.113.0/24' } };
    expect(named({ ...eighths, ...office, list: { ...ssh, PrefixListId: 'pl-many' } })).toEqual([]);
    expect(named({ ...eighths, ...office, a: { ...ssh, CidrIpv4: '200.0.0.0/9' } })).toEqual([]);
    const far = Object.fromEntries(['201', '202'].map((n) => [n, { ...ssh, CidrIpv4: `${n}.0.0.0/8` }]));
    expect(named({ ...office, ...far, ...eighths })).toHaveLength(1);
    expect(named({ ...office, ...far, list: { ...ssh, PrefixListId: 'pl-many' } })).toEqual([]);
    expect(
      named({
        list: { ...ssh, PrefixListId: 'pl-many' },
        ...office,
        ...Object.fromEntries(
          Array.from({ length: 8 }, (_, n) => [`b-${n}`, { ...ssh, CidrIpv4: `${200 + n}.0.0.0/8` }]),
        ),
      }),
    ).toEqual(['list']);
  });

  test('leaves a rule of the family that is not too open, however wide it is', () => {
    const breadth = { ipv4: 16, ipv6: 4 };
    const rules: SecurityGroupRule[] = [
      ...Array.from({ length: 8 }, (_, n) => ({ ...ssh, PrefixListId: `pl-${n}` })),
      { ...ssh, CidrIpv6: '2400::/6' },
    ];
    const lists = Object.fromEntries(
      Array.from({ length: 8 }, (_, n) => [
        `pl-${n}`,
        Array.from({ length: 4096 }, (_, m) => `${n * 16 + (m >> 8)}.${m & 255}.0.0/16`),
      ]),
    );
    const exposing = exposingRules({ rules, prefixLists: lists }, PORTS, breadth);
    expect(exposing).toHaveLength(1);
    expect(exposing[0]?.CidrIpv6).toBeUndefined();
  });

  test.each<[string, SecurityGroupRule, boolean]>([
    ['a world that is spelt oddly', { ...ssh, CidrIpv4: '1.2.3.4/0' }, true],
    ['IPv6 spelt in full', { ...ssh, CidrIpv6: '0:0:0:0:0:0:0:0/0' }, true],
    ['a prefix list that holds the world', { ...ssh, PrefixListId: 'pl-world' }, true],
    ['a narrow prefix list', { ...ssh, PrefixListId: 'pl-office' }, false],
    ['egress', { ...ssh, IsEgress: true, CidrIpv4: '0.0.0.0/0' }, false],
    ['a referenced group', { ...ssh, ReferencedGroupInfo: { GroupId: 'sg-1' } }, false],
    ['another port', { ...ssh, FromPort: 23, ToPort: 3388, CidrIpv4: '0.0.0.0/0' }, false],
  ])('%s', (_name, rule, found) => {
    expect(named({ rule })).toEqual(found ? ['rule'] : []);
  });

  test('throws where something cannot be evaluated', () => {
    expect(() => named({ a: { ...ssh, PrefixListId: 'pl-unread' } })).toThrow('pl-unread');
    expect(() => named({ a: { ...ssh, CidrIpv4: '1.2.3.4/40' } })).toThrow('1.2.3.4/40');
  });

  test('of what could not be read only that matters which could make the difference', () => {
    const refused = { 'pl-1': new Unreadable('prefix list pl-1', new Error('denied')) };
    const list = { ...ssh, PrefixListId: 'pl-1' };
    const https = { ...list, FromPort: 443, ToPort: 443 };
    const world = { ...ssh, CidrIpv4: '0.0.0.0/0' };
    const exposing = (...rules: SecurityGroupRule[]) => exposingRules({ rules, prefixLists: refused }, PORTS, BREADTH);
    expect(exposing(list, world)).toEqual([world]);
    expect(exposing(https)).toEqual([]);
    expect(exposing({ ...list, IsEgress: true })).toEqual([]);
    expect(() => exposing(list)).toThrow(expect.objectContaining({ name: 'UnreadableError' }));
  });

  /** Rules none of which is too wide, that together cover the world many times; every tenth opens other ports too. */
  const wideRules = (count: number): SecurityGroupRule[] =>
    Array.from({ length: count }, (_, n) => ({
      ...ssh,
      ...(n % 10 === 0 ? { FromPort: n % 22, ToPort: 3389 + n } : {}),
      SecurityGroupRuleId: `sgr-${n}`,
      CidrIpv4: `${n % 256}.${(Math.floor(n / 256) % 4) * 64}.${n % 7}.0/${8 + (n % 2)}`,
    }));

  test('of many rules, as one after the other says', () => {
    const rules = wideRules(240);
    const staying: SecurityGroupRule[] = [];
    const reach = (some: readonly SecurityGroupRule[]) => reachOfCidrs(some.flatMap(({ CidrIpv4 }) => CidrIpv4 ?? []));
    const narrowestFirst = rules.toSorted(
      (a, b) => reach([a]) - reach([b]) || (a.SecurityGroupRuleId ?? '').localeCompare(b.SecurityGroupRuleId ?? ''),
    );
    for (const rule of narrowestFirst) if (!exposed([...staying, rule], PORTS)) staying.push(rule);
    const found = exposingRules({ rules, prefixLists: {} }, PORTS, BREADTH);
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(rules.filter((rule) => !staying.includes(rule)));
  });

  describe('the work grows as n log n', () => {
    const MANY_PORTS = [20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 3000, 3306, 3389, 5432, 8080, 9200, 9300];
    const shapes: readonly [string, (count: number) => RuleSet][] = [
      ['of IPv4 rules', (count) => ({ rules: wideRules(count), prefixLists: {} })],
      [
        'of IPv6 rules',
        (count) => ({
          rules: Array.from({ length: count }, (_, n) => ({
            ...ssh,
            SecurityGroupRuleId: `sgr-${n}`,
            CidrIpv6: `${(0x2000 + (n % 0x1fff)).toString(16)}::/16`,
          })),
          prefixLists: {},
        }),
      ],
      [
        'of the entries of prefix lists',
        (count) => ({
          rules: Array.from({ length: 10 }, (_, n) => ({
            ...ssh,
            SecurityGroupRuleId: `sgr-${n}`,
            PrefixListId: `pl-${n}`,
          })),
          prefixLists: Object.fromEntries(
            Array.from({ length: 10 }, (_, list) => [
              `pl-${list}`,
              Array.from({ length: count / 10 }, (_, n) => `${(n * 10 + list) % 256}.${n % 256}.0.0/9`),
            ]),
          ),
        }),
      ],
    ];

    /** What a judgement asks of rules and of sums, counted; a clock would depend on the machine. */
    function workOf({ rules, prefixLists }: RuleSet): number {
      let work = 0;
      const counted = rules.map(
        (rule) =>
          new Proxy(rule, {
            get(target, key) {
              work += 1;
              return Reflect.get(target, key);
            },
          }),
      );
      const sums = [jest.spyOn(PrefixSums.prototype, 'ofFirst'), jest.spyOn(PrefixSums.prototype, 'add')];
      try {
        exposingRules({ rules: counted, prefixLists }, MANY_PORTS, BREADTH);
        // One call passes at most one node for each binary digit of the number of pieces.
        const pieces = 2 * (rules.length + Object.values(prefixLists).flat().length);
        for (const { mock } of sums) work += mock.calls.length * Math.ceil(Math.log2(pieces));
      } finally {
        for (const spy of sums) spy.mockRestore();
      }
      return work;
    }

    test.each(shapes)('%s', (_name, ruleSet) => {
      const [few, many, twice] = [100, 1000, 2000].map((count) => workOf(ruleSet(count)));
      expect(few).toBeGreaterThan(100);
      expect((many ?? 0) / (few ?? 0)).toBeLessThan(20);
      expect((twice ?? 0) / (many ?? 0)).toBeLessThan(3);
    });
  });
});
