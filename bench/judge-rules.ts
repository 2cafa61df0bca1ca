import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { exposingRules, type PrefixLists } from '../shared/aws/ec2/security-group-rules.ts';
import adminPorts from '../shared/controls/ec2/ec2-security-group-admin-ports-restricted.ts';
import highRiskPorts from '../shared/controls/ec2/ec2-security-group-high-risk-ports-restricted.ts';
import { inTurn } from './in-turn.ts';

/** `node bench/judge-rules.ts`: how much processor time judging a security group takes by its rules, none of which is too wide by itself and which cover the world together. 1,000 rules may take 20 times as long as 100, and 2,000 three times as long as 1,000. */
const ROUNDS = 15;
const PORTS = [...adminPorts.parameters.ports.default, ...highRiskPorts.parameters.ports.default];
/** Processor time: other load on the machine counts for nothing. */
const now = () => process.cpuUsage().user / 1000;
const BREADTH = { ipv4: 8, ipv6: 16 };

interface Shape {
  readonly rules: readonly SecurityGroupRule[];
  readonly prefixLists: PrefixLists;
}

const ruleOf = (n: number, source: Partial<SecurityGroupRule>): SecurityGroupRule => ({
  SecurityGroupRuleId: `sgr-${n}`,
  IsEgress: false,
  IpProtocol: 'tcp',
  FromPort: n % 30,
  ToPort: 65535,
  ...source,
});
const rulesFrom = (count: number, source: (n: number) => Partial<SecurityGroupRule>): Shape => ({
  rules: Array.from({ length: count }, (_, n) => ruleOf(n, source(n))),
  prefixLists: {},
});

const SHAPES: Readonly<Record<string, (count: number) => Shape>> = {
  IPv4: (count) =>
    rulesFrom(count, (n) => ({ CidrIpv4: `${n % 256}.${(Math.floor(n / 256) % 4) * 64}.0.0/${8 + (n % 2)}` })),
  IPv6: (count) => rulesFrom(count, (n) => ({ CidrIpv6: `${(0x2000 + n).toString(16)}::/16` })),
  'one range each': (count) => rulesFrom(count, (n) => ({ CidrIpv4: `198.51.${n % 256}.${n >> 8}/32` })),
  'a prefix list': (count) => ({
    rules: [ruleOf(0, { PrefixListId: 'pl-0' })],
    prefixLists: { 'pl-0': Array.from({ length: count }, (_, n) => `${n % 256}.${n >> 8}.0.0/16`) },
  }),
};

for (const [name, shapeOf] of Object.entries(SHAPES)) {
  const judging = (count: number) => {
    const shape = shapeOf(count);
    return async () => async () => exposingRules(shape, PORTS, BREADTH);
  };
  const took = await inTurn({ few: judging(100), many: judging(1000), twice: judging(2000) }, { rounds: ROUNDS, now });
  const ms = ({ few, many, twice }: typeof took) =>
    `100 rules ${few.toFixed(2)} ms, 1,000 rules ${many.toFixed(2)} ms, 2,000 rules ${twice.toFixed(2)} ms`;
  const [tenfold, twofold] = [took.many / took.few, took.twice / took.many];
  const held = tenfold <= 20 && twofold <= 3 ? 'held' : 'NOT held';
  console.log(`${name}: ${ms(took)}; ratios ${tenfold.toFixed(1)} and ${twofold.toFixed(1)}: ${held}`);
}
