import { getNodeValue, type Node, parseTree } from 'jsonc-parser';
import { type PolicyStatement, parsePolicy } from './policy-document.ts';

/** A policy as its text stands: what is added to it leaves every other byte alone (large numbers, duplicate keys, spacing). */
export interface PolicyText {
  readonly text: string;
  readonly statements: readonly PolicyStatement[];
  /** False where a key stands twice in the statement, in whatever case: which of them AWS reads is not known. */
  isUnambiguous(statement: PolicyStatement): boolean;
  /** The text with one more statement at its end; null where it has no list of statements, or more than one. */
  withStatement(statement: PolicyStatement): string | null;
  /** The text without these statements of it, the others byte for byte as they stand; null where it has no list of statements, or more than one. Statements that are not its own are left out of account. */
  withoutStatements(removed: readonly PolicyStatement[]): string | null;
  /** The text with another `Principal` in one of its statements; null where the statement has none, or it is ambiguous. */
  withPrincipal(statement: PolicyStatement, principal: unknown): string | null;
}

/** Reads a policy's text. Throws where it is not a JSON object. */
export function policyText(text: string): PolicyText {
  parsePolicy(text);
  const members = propertiesOf(parseTree(text) as Node).filter(([name]) => name.toLowerCase() === 'statement');
  const list = members.length === 1 ? members[0]?.[1] : undefined;
  const nodes = members.flatMap(([, node]) => (node.type === 'array' ? (node.children ?? []) : [node]));
  const byStatement = new Map(nodes.map((node): [PolicyStatement, Node] => [getNodeValue(node), node]));
  const isUnambiguous = (statement: PolicyStatement) => {
    const node = byStatement.get(statement);
    return list !== undefined && node !== undefined && !hasDuplicateKeys(node);
  };
  return {
    text,
    statements: [...byStatement.keys()],
    isUnambiguous,
    withoutStatements(removed) {
      const kept = new Set(
        [...byStatement].filter(([statement]) => !removed.includes(statement)).map(([, node]) => node),
      );
      return list === undefined ? null : keeping(text, list, kept);
    },
    withPrincipal(statement, principal) {
      const node = byStatement.get(statement);
      if (node === undefined || !isUnambiguous(statement)) return null;
      const [, value] = propertiesOf(node).find(([name]) => name.toLowerCase() === 'principal') ?? [];
      return value === undefined ? null : replaced(text, value, JSON.stringify(principal));
    },
    withStatement: (statement) => (list === undefined ? null : appended(text, list, statement)),
  };
}

const propertiesOf = ({ type, children = [] }: Node): readonly (readonly [name: string, value: Node])[] =>
  type !== 'object'
    ? []
    : children.flatMap(({ children: [key, value] = [] }) =>
        key === undefined || value === undefined ? [] : [[String(key.value), value] as const],
      );

function hasDuplicateKeys(node: Node): boolean {
  const names = propertiesOf(node).map(([name]) => name.toLowerCase());
  return new Set(names).size < names.length || (node.children ?? []).some(hasDuplicateKeys);
}

const endOf = ({ offset, length }: Node) => offset + length;

const replaced = (text: string, node: Node, by: string) => text.slice(0, node.offset) + by + text.slice(endOf(node));

/** Some of the statements, each with what stood between it and the one before it. */
function keeping(text: string, list: Node, kept: ReadonlySet<Node>): string {
  if (list.type === 'object') return kept.has(list) ? text : replaced(text, list, '[]');
  const members = list.children ?? [];
  const [first, last] = [members[0], members.at(-1)];
  if (first === undefined || last === undefined) return text;
  const parts = members.map((node, index) => {
    const before = members[index - 1];
    return { node, between: before === undefined ? '' : text.slice(endOf(before), node.offset) };
  });
  const left = parts
    .filter(({ node }) => kept.has(node))
    .map(({ node, between }, index) => (index === 0 ? '' : between) + text.slice(node.offset, endOf(node)));
  return text.slice(0, first.offset) + left.join('') + text.slice(endOf(last));
}

/** One more statement behind those that are there; a single bare one becomes a list of two. */
function appended(text: string, list: Node, statement: PolicyStatement): string {
  const end = list.offset + list.length;
  if (list.type === 'object')
    return `${text.slice(0, list.offset)}[${text.slice(list.offset, end)},${JSON.stringify(statement)}]${text.slice(end)}`;
  const last = list.children?.at(-1);
  if (last === undefined) return `${text.slice(0, end - 1)}${JSON.stringify(statement)}${text.slice(end - 1)}`;
  const behind = last.offset + last.length;
  const indentation = /\n[ \t]*$/.exec(text.slice(0, last.offset))?.[0];
  const added = indentation === undefined ? JSON.stringify(statement) : inLines(statement, indentation);
  return `${text.slice(0, behind)},${added}${text.slice(behind)}`;
}

const inLines = (statement: PolicyStatement, indentation: string) =>
  `${indentation}${JSON.stringify(statement, null, 2).replaceAll('\n', indentation)}`;
