import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ROOT } from '../catalogue.ts';

/** What neither packaging nor generating reads; installed packages are shared. */
export const LEFT_OUT = [
  'node_modules',
  '.git',
  '.sandbox',
  '.serverless',
  '.esbuild',
  '__pycache__',
  'coverage',
  'tests',
  'bench',
];
const SERVERLESS = join(ROOT, 'node_modules/serverless/bin/serverless.js');

/** What the framework goes by in a tree that is there for a moment: it asks often how far a local stack is, and finds its own checks of serverless.yml compiled, which takes longer than all else of a start. */
export const FRAMEWORK_ENV = {
  SLS_AWS_MONITORING_FREQUENCY: '300',
  SLS_SCHEMA_CACHE_BASE_DIR: join(ROOT, '.sandbox'),
} as const;

/** A copy of the tree with another policy.yml and other parameters than its own. */
export interface ConfiguredTree {
  readonly path: string;
  /** Where the archives and the template are once it is deployed. */
  readonly folder: string;
  /** Packages it and deploys it to the account of `env`. Throws with what was said where that fails. */
  deploy(env: Readonly<Record<string, string>>): Promise<void>;
  remove(): void;
}

/** Copies what packaging and generating read to an empty folder, a temporary one unless one is named, which the caller removes; its path. */
export function copyOfTree(to: string = mkdtempSync(join(tmpdir(), 'evenkeel-tree-'))): string {
  const copy = realpathSync(to);
  cpSync(ROOT, copy, { recursive: true, filter: (path) => path === ROOT || !LEFT_OUT.includes(basename(path)) });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  return copy;
}

/** Makes a tree as somebody has it who has this policy.yml and these parameters. Throws with what was said where generating fails. */
export async function configuredTree(
  policy: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<ConfiguredTree> {
  const path = copyOfTree();
  const remove = () => rmSync(path, { recursive: true, force: true });
  const given = Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`);
  try {
    writeFileSync(join(path, 'policy.yml'), policy);
    await run(path, ['scripts/generate.ts'], {});
  } catch (error) {
    remove();
    throw error;
  }
  return {
    path,
    folder: join(path, '.serverless'),
    deploy: (env) => run(path, [SERVERLESS, 'deploy', ...given], { ...env, ...FRAMEWORK_ENV }),
    remove,
  };
}

/** Nothing of the caller's own AWS settings comes along: what is made for a local account never reaches AWS. */
function run(cwd: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const nobody = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_EC2_METADATA_DISABLED: 'true' };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      cwd,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: cwd,
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
        ...nobody,
        ...env,
      },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said += chunk;
      });
    child.once('error', reject);
    child.once('close', (status) => (status === 0 ? resolve() : reject(new Error(`${args[0]} failed: ${said}`))));
  });
}
