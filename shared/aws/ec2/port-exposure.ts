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
import {
  exposingRules,
  inWords,
  type RuleSet,
  revokeIngress,
  ruleElement,
  settlingRules,
  undoOfRevokeIngress,
} from './security-group-rules.ts';

/** Parameters of a control that keeps ports closed to the world. */
const exposureParameters = (ports: readonly number[]) =>
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

/** What a control reads and gets that keeps ports closed. */
interface Given {
  readonly ref: ResourceRef;
  readonly rules: RuleSet;
}

const worldRules = ({ rules }: Given, { ports, widestIpv4, widestIpv6 }: Exposure) =>
  exposingRules(rules, ports, { ipv4: widestIpv4, ipv6: widestIpv6 });

/** How a control keeps these ports of a security group closed to the world: to be spread into it. */
export const closedToTheWorld = (ports: readonly number[]) => ({
  needs: ['rules'] as const,
  permissions: revokeIngress.permissions,
  undoCalls: [undoOfRevokeIngress],
  parameters: exposureParameters(ports),
  evaluate(state: Given, { parameters }: { readonly parameters: Exposure }): Evaluation {
    const exposing = worldRules(state, parameters);
    const settlingNow = exposing.length > 0 ? [] : settlingRules(state.rules, parameters.ports);
    if (settlingNow.length > 0)
      return settling(
        `AWS is changing the prefix list of ${settlingNow.map(inWords).join('; ')}.`,
        '1m',
        settlingNow.map(ruleElement).sort(),
      );
    if (exposing.length === 0) return compliant(`No rule opens ${parameters.ports.join(', ')} to the world.`);
    return nonCompliant(`Open to the world: ${exposing.map(inWords).join('; ')}.`, exposing.map(ruleElement).sort());
  },
  plan: (state: Given, { parameters }: { readonly parameters: Exposure }): readonly Step[] =>
    worldRules(state, parameters).map((rule) => revokeIngress(state.ref.resourceId, rule)),
});
