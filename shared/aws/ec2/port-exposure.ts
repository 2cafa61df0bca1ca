import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Parameters, ParameterValues } from '../../control.ts';
import { reachOf } from '../cidr.ts';
import { exposingRules, type PrefixLists, sourcesOf } from './security-group-rules.ts';

/** Parameters of a control that keeps ports closed to the world. */
export const exposureParameters = (ports: readonly number[]) =>
  ({
    ports: {
      description: 'TCP and UDP ports that must not be open to the world.',
      type: 'array',
      items: { type: 'integer', minimum: 0, maximum: 65535 },
      default: ports,
    },
    widestIpv4: {
      description: 'The shortest IPv4 prefix that one rule may let in.',
      type: 'integer',
      minimum: 1,
      maximum: 32,
      default: 8,
    },
    widestIpv6: {
      description: 'The shortest IPv6 prefix that one rule may let in.',
      type: 'integer',
      minimum: 1,
      maximum: 128,
      default: 16,
    },
  }) satisfies Parameters;

type Exposure = ParameterValues<ReturnType<typeof exposureParameters>>;

/** The ingress rules of a group by which the world reaches one of the ports. Ranges that nobody on the Internet has, such as `fd00::/8`, are not the world however wide they are. */
export const worldRules = (
  { rules, prefixLists }: { readonly rules: readonly SecurityGroupRule[]; readonly prefixLists: PrefixLists },
  { ports, widestIpv4, widestIpv6 }: Exposure,
): readonly SecurityGroupRule[] =>
  exposingRules(rules, prefixLists, ports, { ipv4: widestIpv4, ipv6: widestIpv6 }).filter(
    (rule) => reachOf(sourcesOf(rule, prefixLists)) > 0,
  );
