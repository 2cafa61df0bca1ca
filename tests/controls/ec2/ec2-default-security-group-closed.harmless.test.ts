import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { ruleElement } from '../../../shared/aws/ec2/security-group-rules.ts';
import control from '../../../shared/controls/ec2/ec2-default-security-group-closed.ts';
import { arePossible, GROUP, rulesAfter, rulesByContent, rulesOf } from '../../support/harm/security-group.ts';
import { testHarmless } from '../../support/harm/test-harmless.ts';

interface Group {
  readonly name: string;
  readonly rules: readonly SecurityGroupRule[];
  readonly networkInterfaces: readonly string[];
  readonly launchers: readonly string[];
  readonly refused: readonly string[];
}

/** Seldom, so that most states let the plan write. */
const seldom = (text: string) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant<readonly string[]>([]) }, fc.constant([text]));
const groupOf = (name: fc.Arbitrary<string>) =>
  fc.record<Group>({
    name,
    rules: rulesOf(true),
    networkInterfaces: seldom('eni-0a1b2c3d4e5f60718'),
    launchers: seldom('launch template lt-1'),
    refused: seldom('lambda:ListFunctions was denied'),
  });
// A name that only looks like it, and one that begins like it.
const other = groupOf(fc.constantFrom('web', 'Default', 'default-web', ''));
const byDefault = groupOf(fc.constant('default'));

testHarmless<Group>(control, {
  resourceId: GROUP,
  good: fc.oneof(
    other,
    byDefault.map((group) => ({ ...group, rules: [] })),
  ),
  any: fc.oneof({ weight: 1, arbitrary: other }, { weight: 4, arbitrary: byDefault }),
  isPossible: ({ rules }) => arePossible(rules),
  read: ({ name, rules, networkInterfaces, launchers, refused }) => ({
    group: { name, vpcId: 'vpc-0a1b2c3d4e5f60718', tags: [] },
    rules: { rules, prefixLists: {} },
    networkInterfaces,
    launchers: { launchers, refused },
  }),
  calledFor: ({ name, rules, networkInterfaces, launchers, refused }) => ({
    isDrift: name === 'default' && rules.length > 0,
    parts: rules.map(ruleElement),
    isByHand: networkInterfaces.length + launchers.length + refused.length > 0,
  }),
  partsOf: ({ rules }) => rulesByContent(rules),
  apply: ({ rules, ...rest }, call) => ({ ...rest, rules: rulesAfter(rules, call) }),
});
