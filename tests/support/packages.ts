import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyOfTree } from '../../scripts/sandbox/configured-tree.ts';
import type { Finished } from './command.ts';
import { inputs, keep, keptFolder, sha256 } from './kept-packages.ts';
import { generate, serverless, type Template, templateAt } from './serverless.ts';
import { addStandIns } from './stand-ins.ts';

/** How a copy of the tree is packaged; as a new clone is, where nothing is said. */
export interface Configuration {
  readonly policy?: string;
  readonly flags?: readonly string[];
  /** Controls that stand in for as many as there may come to be. */
  readonly standIns?: number;
  /** Whether the archives hold what runs. Bundling takes most of the time, and the template is the same without. */
  readonly bundled?: boolean;
}

/** A package that all test files of a run share: none may change it. */
export interface Package {
  /** The folder of the framework. */
  readonly folder: string;
  readonly template: Template;
}

/** As long as a stage may be. */
export const STAGE = 'a-stage-of-20-letter';
export const EMAILS = ['a@example.com', 'b@example.com'];

/** A deployment as a new clone makes it; one with everything that there is; one in its home region alone; and one whose functions run: every control in the mode that it recommends. */
export const VARIANTS = {
  plain: {},
  full: {
    policy: 'defaults: { mode: remediate }\n',
    flags: [
      `--stage=${STAGE}`,
      '--param=regions=us-east-1,us-east-2,ap-east-1,eu-west-1',
      `--param=emails=${EMAILS}`,
      '--param=slackSecret=secretsmanager:evenkeel/slack',
      '--param=slackChannel=C0123456789',
      '--param=slackSigningSecret=secretsmanager:evenkeel/signing',
      '--param=teamsSecret=secretsmanager:evenkeel/teams',
      '--param=pagerDutySecret=ssm:/evenkeel/pagerduty',
      '--param=configRules=true',
      '--param=securityHub=true',
      '--param=outcomeEvents=true',
      '--param=logRetention=30',
      '--param=concurrency=7',
    ],
  },
  alone: { flags: ['--region=us-east-1', '--param=regions=us-east-1'] },
  running: {
    policy:
      'defaults: { mode: recommended }\nlimits: { remediationsPerHour: 1000 }\nslack: { approvers: [U0123ABCD] }\n',
    flags: [
      '--param=regions=us-east-1',
      '--param=slackSecret=secretsmanager:evenkeel/slack',
      '--param=slackChannel=C0123456789',
      '--param=slackSigningSecret=secretsmanager:evenkeel/slack-signing',
    ],
    bundled: true,
  },
} as const satisfies Readonly<Record<string, Configuration>>;
export type Variant = keyof typeof VARIANTS;

/** Packages a copy of the tree, or gives the package that an earlier run has made of the same: of this run, whoever asks for it while it is made waits for it. Throws with what was said where that fails. */
export async function packaged(configuration: Configuration): Promise<Package> {
  const shared = process.env.EVENKEEL_TEST_PACKAGES;
  if (shared === undefined) throw new Error('tests/support/jest/global-setup.mjs has not run');
  const name = sha256(inputs(), JSON.stringify(configuration)).slice(0, 32);
  const kept = keptFolder(name);
  if (kept !== null) return packageIn(kept);
  const tree = join(shared, name);
  const outcome = `${tree}.json`;
  if (isFirst(tree)) {
    const finished = await make(tree, configuration);
    if (finished.status === 0) keep(name, join(tree, '.serverless'));
    writeFileSync(`${outcome}.new`, JSON.stringify(finished));
    renameSync(`${outcome}.new`, outcome);
  }
  while (!existsSync(outcome)) await sleep(100);
  const { status, stdout, stderr }: Finished = JSON.parse(readFileSync(outcome, 'utf8'));
  if (status !== 0) throw new Error(`packaging ended with ${status}: ${stdout}${stderr}`);
  return packageIn(join(tree, '.serverless'));
}

const packageIn = (folder: string): Package => ({ folder, template: templateAt(folder) });

/** Whether the folder was made just now, and by nobody else. */
function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function make(tree: string, configuration: Configuration): Promise<Finished> {
  const { policy, flags = [], standIns = 0, bundled = false } = configuration;
  copyOfTree(tree);
  if (standIns > 0) addStandIns(`${tree}/`, standIns);
  if (policy !== undefined) writeFileSync(join(tree, 'policy.yml'), policy);
  if (policy !== undefined || standIns > 0) {
    const generated = await generate(tree);
    if (generated.status !== 0) return generated;
  }
  if (!bundled) leaveUnbundled(tree);
  return serverless(tree, ['package', ...flags]);
}

/** Changes what a tree's packages are bundled with: `change` is a function of the options, in JavaScript. */
const changeBundling = (tree: string, change: string): void =>
  appendFileSync(
    join(tree, 'esbuild.config.cjs'),
    `const before = module.exports;\nmodule.exports = () => (${change})(before());\n`,
  );

/** Lets packaging put the handlers alone into the archives of a tree. */
export const leaveUnbundled = (tree: string): void =>
  changeBundling(tree, '(options) => ({ ...options, bundle: false, splitting: false })');

/** Bundles one function of a tree as packaging does; the others, which are deployed and never invoked, do nothing. */
export const bundleOnly = (tree: string, name: string): void =>
  changeBundling(
    tree,
    `({ plugins, ...options }) => ({ ...options, plugins: [...plugins, {
      name: 'idle',
      setup(build) {
        const idle = { contents: 'export const handler = async () => {};' };
        build.onLoad({ filter: /functions.[^\\\\/]+.handler\\.ts$/ }, ({ path }) => (/[\\\\/]${name}[\\\\/]handler/.test(path) ? undefined : idle));
      },
    }] })`,
  );
