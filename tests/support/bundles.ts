import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { type Finished, run } from './command.ts';
import { inputsOfCopy, keep, keptFolder, sha256 } from './kept-packages.ts';
import { SAMPLE_ACCOUNT } from './samples.ts';

/** As the packaging plugin does, each function by itself; in a process of its own, since it loads the tree's own configuration. The options that esbuild does not know are the plugin's. */
const BUILD = `
  const { build } = require('esbuild');
  const { readdirSync, writeFileSync } = require('node:fs');
  const names = process.argv.slice(1);
  const { exclude, outputFileExtension, skipRebuild, ...options } = require(process.cwd() + '/esbuild.config.cjs')();
  const bundled = (name) => build({
    ...options,
    entryPoints: ['functions/' + name + '/handler.ts'],
    outdir: 'bundles/functions/' + name,
    outExtension: { '.js': outputFileExtension },
    metafile: true,
    logLevel: 'silent',
  }).then(({ metafile }) => writeFileSync('bundles/' + name + '.json', JSON.stringify(metafile)));
  Promise.all((names.length > 0 ? names : readdirSync('functions')).map(bundled)).catch(({ errors }) => {
    console.error(errors.map(({ text }) => text).join('\\n'));
    process.exitCode = 1;
  });`;

/** Bundles functions of a tree as packaging does, all where none is named, or gives the bundles that an earlier run has made of the same; what was said, where it fails. */
export async function bundle(tree: string, ...names: readonly string[]): Promise<Finished> {
  const bundles = join(tree, 'bundles');
  const name = `bundled-${sha256(inputsOfCopy(tree), BUILD, ...names).slice(0, 32)}`;
  const kept = keptFolder(name);
  if (kept !== null) {
    cpSync(kept, bundles, { recursive: true });
    return { status: 0, stdout: '', stderr: '' };
  }
  const finished = await run(process.execPath, ['-e', BUILD, ...names], { cwd: tree });
  if (finished.status === 0 && finished.stdout + finished.stderr === '') keep(name, bundles);
  return finished;
}

/** Files of a bundle: what went into them, and how large they are. */
export interface Bundled {
  readonly inputs: readonly string[];
  readonly bytes: number;
}

const outputsOf = (tree: string, name: string): Metafile['outputs'] =>
  (JSON.parse(readFileSync(join(tree, `bundles/${name}.json`), 'utf8')) as Metafile).outputs;

const together = (outputs: Metafile['outputs'], files: Iterable<string>): Bundled => {
  const found = [...files].flatMap((file) => outputs[file] ?? []);
  const inputs = found.flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  return { inputs: [...new Set(inputs)], bytes: found.reduce((sum, output) => sum + output.bytes, 0) };
};

/** All files of a function. */
export const bundleOf = (tree: string, name: string): Bundled => {
  const outputs = outputsOf(tree, name);
  return together(outputs, Object.keys(outputs));
};

/** The files of a function that were loaded, by their paths below `bundles/`. */
export const loadedOf = (tree: string, name: string, files: readonly string[]): Bundled =>
  together(
    outputsOf(tree, name),
    files.map((file) => `bundles/${file}`),
  );

const INVOKE = `
  import { registerHooks } from 'node:module';
  import { text } from 'node:stream/consumers';
  const loaded = [];
  registerHooks({
    load(url, context, next) {
      const [, file] = /\\/bundles\\/(.*)$/.exec(url) ?? [];
      if (file !== undefined) loaded.push(file);
      return next(url, context);
    },
  });
  const { handler } = await import(process.argv[1]);
  const { event, context } = JSON.parse(await text(process.stdin));
  try {
    process.stdout.write('RESULT ' + JSON.stringify({ value: await handler(event, context), loaded }) + '\\n');
  } catch ({ name, message }) {
    process.stdout.write('RESULT ' + JSON.stringify({ error: { name, message }, loaded }) + '\\n');
  }`;

/** How an invocation ended, and what it logged. */
export interface Invocation {
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
  /** The files of the bundle that were loaded, by their paths below `bundles/`. */
  readonly loaded: readonly string[];
  readonly logs: readonly Record<string, unknown>[];
  /** What went to CloudWatch as metrics, in its embedded format. */
  readonly metrics: readonly Record<string, unknown>[];
}

/** Invokes a bundled function of an account as Lambda would: in a process of its own, in its environment. Throws where anything but JSON Lines was said. */
export async function invoke(
  tree: string,
  service: string,
  event: unknown,
  env: Readonly<Record<string, string>>,
  accountId = SAMPLE_ACCOUNT,
): Promise<Invocation> {
  const functionName = `evenkeel-prod-${service}`;
  const lambda = {
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    POWERTOOLS_SERVICE_NAME: 'evenkeel',
    POWERTOOLS_METRICS_NAMESPACE: 'Evenkeel',
  };
  const context = {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:${accountId}:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: 'request-1',
  };
  const { stdout, stderr } = await run(
    process.execPath,
    ['--input-type=module', '-e', INVOKE, join(tree, `bundles/functions/${service}/handler.mjs`)],
    { env: { ...env, ...lambda }, input: JSON.stringify({ event, context }) },
  );
  const lines = stdout.trimEnd().split('\n');
  const result = lines.pop();
  if (result?.startsWith('RESULT ') !== true) throw new Error(`the function ended early: ${stdout}${stderr}`);
  // Lambda's log takes both; errors go to stderr.
  const logged = [...lines, ...stderr.split('\n')]
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    ...JSON.parse(result.slice('RESULT '.length)),
    logs: logged.filter((line) => !('_aws' in line)),
    metrics: logged.filter((line) => '_aws' in line),
  };
}
