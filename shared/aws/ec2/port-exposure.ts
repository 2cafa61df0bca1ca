import {
  compliant,
  type Evaluation,
  nonCompliant,
  type Parameters,
  type ParameterValues,
  settling,
} from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import type { Step } from '../../step.ts';
import { opensPort } from '../cidr.ts';
import {
  exposingRules,
  inWords,
  type RuleSet,
  revokeIngress,
  ruleElement,
  settlingRules,
  undoOfRevokeIngress,
} from './security-group-rules.ts';

/** A parameter that lists ports. */
const portList = (description: string, ports: readonly number[]) =>
  ({
    description,
    type: 'array',
    items: { type: 'integer', minimum: 0, maximum: 65535 },
    default: ports,
  }) as const;

/** How wide a source may be. */
const BREADTH = {
  widestIpv4: {
    description: 'The shortest IPv4 prefix that one rule may allow.',
    type: 'integer',
    minimum: 1,
    maximum: 32,
    default: 8 as number,
  },
  widestIpv6: {
    description: 'The shortest IPv6 prefix that one rule may allow.',
    type: 'integer',
    minimum: 1,
    maximum: 128,
    default: 16 as number,
  },
} as const satisfies Parameters;

type Breadth = ParameterValues<typeof BREADTH>;

/** What a control reads and gets that keeps ports closed. */
interface Given {
  readonly ref: ResourceRef;
  readonly rules: RuleSet;
}

/** Rules of a group with the ports that they are evaluated at. */
interface EvaluatedRules {
  readonly rules: RuleSet;
  readonly ports: readonly number[];
}

/** What a control keeps closed, by its parameters, and how it says that all is. */
interface Closure<P extends Parameters> {
  readonly parameters: P;
  evaluated(rules: RuleSet, parameters: ParameterValues<P>): readonly EvaluatedRules[];
  closed(parameters: ParameterValues<P>): string;
}

/** Throws where some could not be evaluated and nothing else is open. */
function worldRules(evaluated: readonly EvaluatedRules[], { widestIpv4, widestIpv6 }: Breadth) {
  const errors: unknown[] = [];
  const found = evaluated.flatMap(({ rules, ports }) => {
    try {
      return exposingRules(rules, ports, { ipv4: widestIpv4, ipv6: widestIpv6 });
    } catch (error) {
      errors.push(error);
      return [];
    }
  });
  if (found.length === 0 && errors.length > 0) throw errors[0];
  return [...new Set(found)];
}

const behaviour = <P extends Parameters & typeof BREADTH>({ parameters, evaluated, closed }: Closure<P>) => ({
  needs: ['rules'] as const,
  permissions: revokeIngress.permissions,
  undoCalls: [undoOfRevokeIngress],
  parameters,
  evaluate({ rules }: Given, context: { readonly parameters: ParameterValues<P> }): Evaluation {
    const parts = evaluated(rules, context.parameters);
    const exposing = worldRules(parts, context.parameters);
    if (exposing.length > 0)
      return nonCompliant(`Open to the world: ${exposing.map(inWords).join('; ')}.`, exposing.map(ruleElement).sort());
    const settlingNow = [...new Set(parts.flatMap((part) => settlingRules(part.rules, part.ports)))];
    if (settlingNow.length === 0) return compliant(closed(context.parameters));
    return settling(
      `AWS is changing the prefix list of ${settlingNow.map(inWords).join('; ')}.`,
      '1m',
      settlingNow.map(ruleElement).sort(),
    );
  },
  plan: ({ ref, rules }: Given, context: { readonly parameters: ParameterValues<P> }): readonly Step[] =>
    worldRules(evaluated(rules, context.parameters), context.parameters).map((rule) =>
      revokeIngress(ref.resourceId, rule),
    ),
});

/** How a control keeps these ports of a security group closed to the world: to be spread into it. */
export const closedToTheWorld = (ports: readonly number[]) =>
  behaviour({
    parameters: { ports: portList('TCP and UDP ports that must not be open to the world.', ports), ...BREADTH },
    evaluated: (rules, given) => [{ rules, ports: given.ports }],
    closed: (given) => `No rule opens ${given.ports.join(', ')} to the world.`,
  });

const PROTOCOLS = { tcp: ['tcp', '6', '-1', 'all'], udp: ['udp', '17', '-1', 'all'] } as const;
const MAX_PORT = 65535;

/** The rules of a protocol with the ports at which what they open can change, but for those that may be open: what holds there holds for every port. */
function openBeside(all: RuleSet, protocol: keyof typeof PROTOCOLS, allowed: readonly number[]): EvaluatedRules {
  const names: readonly string[] = PROTOCOLS[protocol];
  const rules = all.rules.filter(({ IpProtocol = '' }) => names.includes(IpProtocol.toLowerCase()));
  const edges = [
    0,
    ...allowed.map((port) => port + 1),
    ...rules.flatMap(({ FromPort = 0, ToPort = MAX_PORT }) => [FromPort, ToPort + 1]),
  ];
  const ports = [...new Set(edges)].filter((port) => port >= 0 && port <= MAX_PORT && !allowed.includes(port));
  return { rules: { ...all, rules }, ports: ports.filter((port) => rules.some((rule) => opensPort(rule, port))) };
}

/** How a control keeps all ports closed to the world but those that may be open, and those that other controls keep. */
export const openOnlyAt = (defaults: {
  readonly tcp: readonly number[];
  readonly udp: readonly number[];
  readonly elsewhere: readonly number[];
}) =>
  behaviour({
    parameters: {
      authorizedTcpPorts: portList('TCP ports that may be open to the world.', defaults.tcp),
      authorizedUdpPorts: portList('UDP ports that may be open to the world.', defaults.udp),
      portsOfOtherControls: portList(
        'Ports that other controls evaluate: a rule for no other ports is left to them. Empty: they are evaluated here too.',
        defaults.elsewhere,
      ),
      ...BREADTH,
    },
    evaluated: (rules, { authorizedTcpPorts, authorizedUdpPorts, portsOfOtherControls }) => [
      openBeside(rules, 'tcp', [...authorizedTcpPorts, ...portsOfOtherControls]),
      openBeside(rules, 'udp', [...authorizedUdpPorts, ...portsOfOtherControls]),
    ],
    closed: ({ authorizedTcpPorts, authorizedUdpPorts }) =>
      `No rule opens a port to the world other than TCP ${named(authorizedTcpPorts)}, UDP ${named(authorizedUdpPorts)} and those of other controls.`,
  });

const named = (ports: readonly number[]): string => (ports.length === 0 ? 'none' : ports.join(', '));
