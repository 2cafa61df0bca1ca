import type { CallExpression, Node } from '@babel/types';
import { LASTING_ERRORS, type Refusal } from '../../shared/aws/lasting-errors.ts';
import type { AnyControl } from '../../shared/control.ts';
import { serviceNamed } from '../../shared/step.ts';
import { code, or } from './markdown.ts';
import { type Closure, closureOf, type Declaration, walk } from './source/modules.ts';
import { textsOf } from './source/texts.ts';

/** What the source of a control says of where it stops, each kind once. */
export interface Limits {
  /** Where it is NOT_APPLICABLE. */
  readonly notApplicable: readonly string[];
  /** While AWS is at work, with the time until the next look. */
  readonly settling: readonly string[];
  /** Where its plan requires a person. */
  readonly byHand: readonly string[];
  /** Refusals of AWS that no second try changes. */
  readonly refusals: readonly Refusal[];
  /** `trusted` of policy.yml decides. */
  readonly goesByTrusted: boolean;
}

/** Reads the limits of a control out of its source, and of what it calls in shared/aws. */
export function limitsOf({ id, resource }: AnyControl): Limits {
  const closure = closureOf(`shared/controls/${resource.service.id}/${id}.ts`, 'shared/aws/');
  const said = { notApplicable: new Set<string>(), settling: new Set<string>(), byHand: new Set<string>() };
  for (const declaration of closure.declarations)
    for (const { kind, sentence, wait } of limitsIn(declaration).said)
      said[kind].add(wait === undefined ? sentence : `${sentence} Checked again after ${code(wait)}.`);
  return {
    notApplicable: [...said.notApplicable],
    settling: [...said.settling],
    byHand: [...said.byHand],
    refusals: refusalsIn(closure),
    goesByTrusted: closure.declarations.some((one) => limitsIn(one).goesByTrusted),
  };
}

interface DeclaredLimits {
  readonly said: readonly Said[];
  readonly goesByTrusted: boolean;
}

const known = new WeakMap<Node, DeclaredLimits>();

/** What one declaration says, read once: many controls call the same. */
function limitsIn(declaration: Declaration): DeclaredLimits {
  const read = known.get(declaration.node);
  if (read !== undefined) return read;
  const said: Said[] = [];
  let goesByTrusted = false;
  walk(declaration.node, (node) => {
    if (node.type === 'ObjectProperty' && isNamed(node.key, 'trusted')) goesByTrusted = true;
    said.push(...saidBy(node, declaration));
  });
  const limits = { said, goesByTrusted };
  known.set(declaration.node, limits);
  return limits;
}

interface Said {
  readonly kind: 'notApplicable' | 'settling' | 'byHand';
  readonly sentence: string;
  readonly wait?: string;
}

const KINDS = ['notApplicable', 'settling', 'byHand'] as const;

/** What a call says, or a member `byHand` of a result. */
function saidBy(node: Node, within: Declaration): readonly Said[] {
  if (node.type === 'CallExpression') {
    const kind = KINDS.find((one) => isNamed(node.callee, one));
    if (kind === undefined) return [];
    const wait = kind === 'settling' ? textsOf(argument(node, 1), within)[0] : undefined;
    return textsOf(argument(node, 0), within).map((text) => ({
      kind,
      sentence: sentenceOf(text),
      ...(wait === undefined ? {} : { wait }),
    }));
  }
  if (node.type !== 'ObjectProperty' || node.shorthand || !isNamed(node.key, 'byHand')) return [];
  return textsOf(node.value, within).map((text) => ({ kind: 'byHand', sentence: sentenceOf(text) }));
}

const argument = ({ arguments: given }: CallExpression, index: number): Node | undefined => given[index];
const isNamed = (node: Node, name: string): boolean => node.type === 'Identifier' && node.name === name;

/** Without what another sentence says in front of it, and without a second full stop. */
const sentenceOf = (text: string): string => text.replace(/^… /, '').replace(/…+/g, '…').replace(/…\.$/, '…');

/** What AWS refuses for good of the calls that a control makes. */
function refusalsIn({ packages }: Closure): readonly Refusal[] {
  const calls = [...packages].flatMap(([from, names]) => {
    const [client] = [...names].filter((name) => from.startsWith('@aws-sdk/client-') && name.endsWith('Client'));
    return client === undefined
      ? []
      : [...names].map((name) => `${serviceNamed(client)}:${name.replace(/Command$/, '')}`);
  });
  const refusals = calls.flatMap((call) => Object.values(LASTING_ERRORS[call] ?? {}));
  return [...new Map(refusals.map((refusal) => [refusal.by, refusal])).values()];
}

/** The section of a control's page; it says so where nothing is known. `leaves`: what its scene says that a remediation leaves different. */
export function limitLines(control: AnyControl, leaves?: string): readonly string[] {
  const { notApplicable, settling, byHand, refusals, goesByTrusted } = limitsOf(control);
  const { plan, resource, overrides, settles, deadline, related = {}, undoCalls = [] } = control;
  const isRemediated = plan !== undefined;
  const lines = [
    ...list('Not evaluated (`NOT_APPLICABLE`):', notApplicable),
    ...list('AWS is at work, and nothing is written or notified meanwhile:', settling),
    ...list('Left to a person, with this reason:', byHand),
    ...list(
      'Refused by AWS until a person changes something (`blocked`):',
      refusals.map(({ by, remedy }) => `by ${by}. Remedy: ${remedy}.`),
    ),
    ...(goesByTrusted
      ? ['- `trusted` of policy.yml decides with whom a resource may be shared; without it the control only detects.']
      : []),
    ...(isRemediated && Object.keys(related).length > 0
      ? [
          `- The plan goes by what others own too: ${or(Object.keys(related).map(code))}. What another account owns cannot be read.`,
        ]
      : []),
    ...(isRemediated && resource.ownership !== undefined && overrides === undefined
      ? ['- A resource that an AWS service created and manages is notified, and never changed.']
      : []),
    ...(settles === undefined
      ? []
      : [`- AWS takes up to ${code(settles)} to apply a change; it is verified after that.`]),
    ...(deadline === undefined ? [] : [`- What AWS has not applied after ${code(deadline)} has failed.`]),
    ...(leaves === undefined ? [] : [`- After a remediation something is not as it was before the drift: ${leaves}.`]),
    ...(isRemediated && undoCalls.length === 0 ? ['- A remediation cannot be undone.'] : []),
  ];
  return lines.length > 0
    ? [
        ...lines,
        ...(lines.some((line) => line.includes('…')) ? ['', '`…` stands for what only the resource says.'] : []),
      ]
    : ['None is known.'];
}

const list = (title: string, sentences: readonly string[]): readonly string[] =>
  sentences.length === 0 ? [] : [`- ${title}`, ...sentences.map((sentence) => `  - ${sentence}`)];
