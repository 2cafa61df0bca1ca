import { existsSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { parse } from '@babel/parser';
import { type Node, type ObjectProperty, type VariableDeclarator, VISITOR_KEYS } from '@babel/types';
import { ROOT } from '../../catalogue.ts';

/** What is declared at the top of a module under one name; `default` for its default export. */
export interface Declaration {
  /** The module's path in the tree. */
  readonly file: string;
  readonly node: Node;
}

/** A name that a module imports. */
interface Import {
  /** A path in the tree, or a package. */
  readonly from: string;
  readonly name: string;
}

interface Module {
  readonly declarations: ReadonlyMap<string, Declaration>;
  readonly imports: ReadonlyMap<string, Import>;
}

const modules = new Map<string, Module>();

/** The module at a path in the tree, read and parsed once. */
function moduleAt(file: string): Module {
  const known = modules.get(file);
  if (known !== undefined) return known;
  const { body } = parse(readFileSync(ROOT + file, 'utf8'), { sourceType: 'module', plugins: ['typescript'] }).program;
  const declarations = new Map<string, Declaration>();
  const imports = new Map<string, Import>();
  for (const statement of body) {
    if (statement.type === 'ImportDeclaration') {
      const { value } = statement.source;
      const from = value.startsWith('.') ? posix.join(dirname(file), value) : value;
      for (const { type, local, ...rest } of statement.specifiers)
        imports.set(local.name, { from, name: type === 'ImportSpecifier' ? nameIn(rest) : 'default' });
      continue;
    }
    for (const [name, node] of declaredBy(statement)) declarations.set(name, { file, node });
  }
  const module = { declarations, imports };
  modules.set(file, module);
  return module;
}

const nameIn = (specifier: object) =>
  'imported' in specifier && specifier.imported instanceof Object && 'name' in specifier.imported
    ? String(specifier.imported.name)
    : 'default';

/** The names that a statement at the top of a module declares, each with what it stands for. */
function declaredBy(statement: Node): readonly (readonly [string, Node])[] {
  switch (statement.type) {
    case 'ExportNamedDeclaration':
      return statement.declaration ? declaredBy(statement.declaration) : [];
    case 'ExportDefaultDeclaration':
      return [['default', statement.declaration]];
    case 'FunctionDeclaration':
      return statement.id ? [[statement.id.name, statement]] : [];
    case 'VariableDeclaration':
      return statement.declarations.flatMap((one) =>
        one.id.type === 'Identifier' && one.init ? [[one.id.name, one.init] as const] : [],
      );
    default:
      return [];
  }
}

/** What a name means in a module: a declaration of the tree, a name of a package, or null where it is local to a function, or unknown. */
export function resolved(name: string, file: string): Declaration | Import | null {
  const { declarations, imports } = moduleAt(file);
  const own = declarations.get(name);
  if (own !== undefined) return own;
  const imported = imports.get(name);
  if (imported === undefined) return null;
  if (!imported.from.endsWith('.ts')) return imported;
  return existsSync(ROOT + imported.from) ? resolved(imported.name, imported.from) : null;
}

/** Calls back for a node and all code within it; types are left out. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const key of VISITOR_KEYS[node.type] ?? []) {
    const child: unknown = Reflect.get(node, key);
    if (Array.isArray(child)) {
      for (const one of child) if (isCode(one)) walk(one, visit);
    } else if (isCode(child)) walk(child, visit);
  }
}

const isCode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && !TYPES.has(String(value.type));

const TYPES: ReadonlySet<string> = new Set([
  'TSTypeAnnotation',
  'TSTypeParameterInstantiation',
  'TSTypeParameterDeclaration',
]);

const namesOf = new WeakMap<Node, readonly string[]>();

/** The values that a node refers to by name: no keys of objects, no members, no types. */
function namesIn(node: Node): readonly string[] {
  const known = namesOf.get(node);
  if (known !== undefined) return known;
  const names = new Set<string>();
  const keys = new Set<Node>();
  walk(node, (one) => {
    if ((one.type === 'ObjectProperty' || one.type === 'ObjectMethod') && !one.computed && !isShorthand(one))
      keys.add(one.key);
    if ((one.type === 'MemberExpression' || one.type === 'OptionalMemberExpression') && !one.computed)
      keys.add(one.property);
    if (one.type === 'Identifier' && !keys.has(one)) names.add(one.name);
  });
  namesOf.set(node, [...names]);
  return [...names];
}

const isShorthand = (node: Node): boolean => (node as Partial<ObjectProperty>).shorthand === true;

/** What the default export of a module is made of. */
export interface Closure {
  readonly declarations: readonly Declaration[];
  /** Names of packages, `@aws-sdk/client-ec2` → `EC2Client`, `RunInstancesCommand`. */
  readonly packages: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What the default export of a module leads to, through all modules of the tree whose paths begin so. */
export function closureOf(file: string, ...folders: readonly string[]): Closure {
  const seen = new Map<Node, Declaration>();
  const packages = new Map<string, Set<string>>();
  const follow = (name: string, from: string) => {
    const found = resolved(name, from);
    if (found === null) return;
    if ('from' in found) {
      if (!packages.has(found.from)) packages.set(found.from, new Set());
      packages.get(found.from)?.add(found.name);
    } else if (!seen.has(found.node) && (found.file === file || folders.some((one) => found.file.startsWith(one)))) {
      seen.set(found.node, found);
      for (const one of namesIn(found.node)) follow(one, found.file);
    }
  };
  follow('default', file);
  return { declarations: [...seen.values()], packages };
}

/** What a name that is declared within a node stands for. */
export function localIn(node: Node, name: string): Node | null {
  let found: Node | null = null;
  walk(node, (one) => {
    const { id, init } = one as Partial<VariableDeclarator>;
    if (one.type === 'VariableDeclarator' && id?.type === 'Identifier' && id.name === name && init) found = init;
  });
  return found;
}
