import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { EXIT, UsageError } from '../../shared/cli/errors.ts';
import { messageOf } from '../../shared/engine/errors.ts';

/** What was written, and what is left to do. */
export interface Written {
  readonly files: readonly string[];
  readonly next: readonly string[];
}

/** Runs a scaffold as a command: says what was written and what comes next, or, in one line, what is wrong. */
export async function runScaffold(name: string, root: string, make: () => Promise<Written>): Promise<void> {
  try {
    const { files, next } = await make();
    format(root, files);
    for (const file of files) console.log(`wrote  ${file}`);
    console.log('\nNext:');
    for (const [index, step] of next.entries()) console.log(`${index + 1}. ${step}`);
  } catch (error) {
    const isUsage = error instanceof UsageError;
    console.error(`${name}: ${isUsage ? error.message : messageOf(error)}`);
    process.exitCode = isUsage ? EXIT.usage : EXIT.failed;
  }
}

/** Writes the files below `root` and gives their names. Throws UsageError, and writes nothing, where one exists already. */
export function writeFiles(root: string, files: ReadonlyMap<string, string>): readonly string[] {
  for (const file of files.keys()) if (existsSync(root + file)) throw new UsageError(`${file} is there already`);
  for (const [file, content] of files) {
    mkdirSync(dirname(root + file), { recursive: true });
    writeFileSync(root + file, content, { flag: 'wx' });
  }
  return [...files.keys()];
}

/** Breaks lines as the linter wants them. */
function format(root: string, files: readonly string[]): void {
  const biome = `${root}node_modules/@biomejs/biome/bin/biome`;
  execFileSync(process.execPath, [biome, 'format', '--write', '--vcs-enabled=false', ...files], {
    cwd: root,
    stdio: 'pipe',
  });
}

/** The services of a tree: the folders of shared/resources/ that hold a service.ts. */
export const servicesIn = (root: string): readonly string[] =>
  readdirSync(`${root}shared/resources`, { withFileTypes: true })
    .map(({ name }) => name)
    .filter((name) => existsSync(`${root}shared/resources/${name}/service.ts`))
    .sort();

/** Throws UsageError where the tree has no such service. */
export function assertService(root: string, service: string): void {
  const known = servicesIn(root);
  if (known.includes(service)) return;
  throw new UsageError(
    `there is no service "${service}" (${known.join(', ')}); did you mean ${closest(service, known)}? A new one: npm run new-service`,
  );
}

/** Throws UsageError where the name is none for a folder or file: small letters, digits and single hyphens. */
export function assertName(what: string, name: string): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new UsageError(`"${name}" is no name for a ${what}: small letters, digits and single hyphens`);
}

/** `security-group` as `securityGroup`. */
export const camelCase = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
/** `security-group` as `SecurityGroup`. */
export const pascalCase = (name: string) => camelCase(`-${name}`);
