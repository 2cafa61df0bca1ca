import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

// From here on, each of the SDK's clients that our modules import is loaded when it is first used: a command needs few of
// them, and all of them are half a second and a hundred megabytes.

const CLIENT = /^@aws-sdk\/client-[\w-]+$/;
const TREE = new URL('../../', import.meta.url).href;
const EXPORTS_MODULE = new URL('lazy-exports.ts', import.meta.url).href;
const LAZY = '?lazy';
/** How the SDK's bundles for Node say what they export. */
const EXPORT = /^exports\.(\w+) = /gm;

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const isOurs = CLIENT.test(specifier) && isOfTree(context.parentURL);
    return isOurs ? { ...found, url: `${found.url}${LAZY}` } : found;
  },
  load(url, context, next) {
    if (!url.endsWith(LAZY)) return next(url, context);
    const source = lazyModule(fileURLToPath(url.slice(0, -LAZY.length)));
    return { format: 'module', source, shortCircuit: true };
  },
});

const isOfTree = (url = ''): boolean => url.startsWith(TREE) && !url.includes('/node_modules/');

/** A module that exports stand-ins for all that the file exports. */
function lazyModule(file: string): string {
  const names = new Set([...readFileSync(file, 'latin1').matchAll(EXPORT)].map(([, name = '']) => name));
  return [
    `import { lazyExports } from ${JSON.stringify(EXPORTS_MODULE)};`,
    `const lazy = lazyExports(${JSON.stringify(file)});`,
    ...[...names].map((name) => `export const ${name} = lazy('${name}');`),
  ].join('\n');
}
