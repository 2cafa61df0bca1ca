const { join } = require('node:path');
const { controls } = require('./shared/controls/index.ts');
const { detections } = require('./shared/detections/index.ts');
const { readPolicy } = require('./shared/policy/load.ts');

const POLICY = join(__dirname, 'policy.yml');

/** Puts policy.yml into the bundle as data, also where there is no such file. */
const policyPlugin = (document) => ({
  name: 'policy',
  setup(build) {
    build.onResolve({ filter: /\/policy\.yml$/ }, () => ({ path: 'policy.yml', namespace: 'policy' }));
    build.onLoad({ filter: /.*/, namespace: 'policy' }, () => ({ loader: 'json', contents: JSON.stringify(document) }));
  },
});

/** Leaves out the SDKs that a service names for the command, which finds them by name: whole, they would make the parts that a control imports whole too. */
const sdksPlugin = {
  name: 'sdks',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\// }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

/** What `serverless package` bundles each function with; also used by the tests that run the bundles. Throws where policy.yml says something that is not allowed: then there is no package. */
module.exports = () => ({
  bundle: true,
  // A service's controls and clients are chunks of their own, loaded by its first event.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  minify: true,
  keepNames: true, // the names of services and operations are read off the SDK's classes
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  exclude: [],
  outputFileExtension: '.mjs',
  skipRebuild: true, // without it a build that fails leaves esbuild waiting, and packaging never ends
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  plugins: [policyPlugin(readPolicy(POLICY, controls, detections)), sdksPlugin],
});
