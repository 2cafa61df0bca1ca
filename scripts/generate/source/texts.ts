import type { CallExpression, Node } from '@babel/types';
import { agreeing, counted } from '../../../shared/text.ts';
import { type Declaration, localIn, resolved, walk } from './modules.ts';

/** What stands for a value that is known only when the code runs. */
const UNKNOWN = '…';
/** Functions within functions: none of the tree's go deeper. */
const MAX_DEPTH = 6;

/** The sentences that an expression can be, as far as its source says; none where it does not. `within` is the declaration that it stands in. */
export function textsOf(node: Node | null | undefined, within: Declaration, depth = 0): readonly string[] {
  if (node === null || node === undefined || depth > MAX_DEPTH) return [];
  const of = (one: Node | null | undefined, there = within) => textsOf(one, there, depth + 1);
  switch (node.type) {
    case 'StringLiteral':
      return [node.value];
    case 'TemplateLiteral':
      return [
        node.quasis
          .map(({ value }, index) => (value.cooked ?? '') + (index < node.expressions.length ? known(index) : ''))
          .join(''),
      ];
    case 'ConditionalExpression':
      return [...of(node.consequent), ...of(node.alternate)];
    case 'LogicalExpression':
      return [...of(node.left), ...of(node.right)];
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
      return of(node.expression);
    case 'Identifier':
      return ofName(node.name, within, of);
    case 'CallExpression':
      return node.callee.type === 'Identifier' ? ofCall(node.callee.name, within, of) : [];
    default:
      return [];
  }

  /** A constant is written out, what is computed is not. */
  function known(index: number): string {
    const expression = node?.type === 'TemplateLiteral' ? node.expressions[index] : undefined;
    if (expression?.type === 'CallExpression') return knownNoun(expression);
    if (expression?.type !== 'Identifier') return UNKNOWN;
    const constant = resolved(expression.name, within.file);
    if (constant === null || 'from' in constant) return UNKNOWN;
    const { node: value } = constant;
    return value.type === 'StringLiteral' || value.type === 'NumericLiteral' ? String(value.value) : UNKNOWN;
  }
}

/** A number with its noun: the noun is known. */
function knownNoun({ callee, arguments: given }: CallExpression): string {
  const [, one, many] = given;
  if (callee.type !== 'Identifier' || callee.name !== counted.name || one?.type !== 'StringLiteral') return UNKNOWN;
  return `${UNKNOWN} ${agreeing(2, one.value, many?.type === 'StringLiteral' ? many.value : undefined)}`;
}

type Of = (node: Node | null | undefined, there?: Declaration) => readonly string[];

function ofName(name: string, within: Declaration, of: Of): readonly string[] {
  const local = localIn(within.node, name);
  if (local !== null) return of(local);
  const found = resolved(name, within.file);
  return found !== null && 'node' in found ? of(found.node, found) : [];
}

/** What a function of the tree can give. */
function ofCall(name: string, within: Declaration, of: Of): readonly string[] {
  const local = localIn(within.node, name);
  const found = local === null ? resolved(name, within.file) : { ...within, node: local };
  if (found === null || 'from' in found) return [];
  const { node } = found;
  if (node.type === 'ArrowFunctionExpression' && node.body.type !== 'BlockStatement') return of(node.body, found);
  const texts: string[] = [];
  walk(node, (one) => {
    if (one.type === 'ReturnStatement') texts.push(...of(one.argument, found));
  });
  return texts;
}
