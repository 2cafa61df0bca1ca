const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { controls } = require('./shared/controls/index.ts');
const { parsePolicy } = require('./shared/policy/load.ts');

const POLICY = join(__dirname, 'policy.yml');

/** Puts policy.yml into the bundle as data. */
const policyPlugin = (document) => ({
  name: 'policy',
  setup(build) {
    build.onLoad({ filter: /policy\.yml$/ }, () => ({ loader: 'json', contents: JSON.stringify(document) }));
  },
});

/** What `serverless package` bundles each function with; also used by the tests that run the bundles. Throws where policy.yml says something that is not allowed: then there is no package. */
module.exports = () => ({
  bundle: true,
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
  plugins: [policyPlugin(parsePolicy(readFileSync(POLICY, 'utf8'), 'policy.yml', controls))],
});
