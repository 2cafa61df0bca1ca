import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ROOT } from '../catalogue.ts';

/** What neither packaging nor generating reads; installed packages are shared. */
const LEFT_OUT = ['node_modules', '.git', '.sandbox', '.serverless', '.esbuild', 'coverage', 'tests', 'bench'];
const SERVERLESS = join(ROOT, 'node_modules/serverless/bin/serverless.js');

/** A copy of the tree, packaged with another policy.yml and other parameters than its own. */
export interface LocalPackage {
  /** What the folder .serverless held: the archives and the template. */
  readonly folder: string;
  /** Deploys it to the account of `env`. */
  deploy(env: Readonly<Record<string, string>>): Promise<void>;
  remove(): void;
}

/** A copy of what packaging and generating read, in a temporary folder that the caller removes; its path. */
export function copyOfTree(): string {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'evenkeel-tree-')));
  cpSync(ROOT, copy, { recursive: true, filter: (path) => path === ROOT || !LEFT_OUT.includes(basename(path)) });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  return copy;
}

/** Makes a package as somebody would who had this policy.yml and these parameters. Throws with what was said where that fails. */
export async function packageWith(
  policy: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<LocalPackage> {
  const tree = copyOfTree();
  const remove = () => rmSync(tree, { recursive: true, force: true });
  const given = Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`);
  // A deployment clears its folder away.
  const folder = join(tree, 'packaged');
  try {
    writeFileSync(join(tree, 'policy.yml'), policy);
    await run(tree, ['scripts/generate.ts'], {});
    await run(tree, [SERVERLESS, 'package', ...given], {});
    cpSync(join(tree, '.serverless'), folder, { recursive: true });
  } catch (error) {
    remove();
    throw error;
  }
  return {
    folder,
    deploy: (env) =>
      run(tree, [SERVERLESS, 'deploy', '--package', '.serverless', ...given], {
        ...env,
        SLS_AWS_MONITORING_FREQUENCY: '300',
      }),
    remove,
  };
}

/** Nothing of the caller's own AWS settings comes along: what is made for a local account never reaches AWS. */
function run(cwd: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const nobody = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_EC2_METADATA_DISABLED: 'true' };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      cwd,
      env: { PATH: process.env.PATH ?? '', HOME: cwd, ...nobody, ...env },
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
