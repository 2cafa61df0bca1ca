const { readFileSync } = require('node:fs');
const { controls } = require('./shared/controls/index.ts');
const { parsePolicy } = require('./shared/policy/load.ts');

/** Puts policy.yml into the bundle as data, and fails the packaging where it says something that is not allowed. */
const policy = {
  name: 'policy',
  setup(build) {
    build.onLoad({ filter: /policy\.yml$/ }, ({ path }) => {
      try {
        const document = parsePolicy(readFileSync(path, 'utf8'), 'policy.yml', controls);
        return { loader: 'json', contents: JSON.stringify(document) };
      } catch (error) {
        return { errors: (error.troubles ?? [error.message]).map((text) => ({ text })) };
      }
    });
  },
};

/** What `serverless package` bundles each function with; also used by the tests that run the bundles. */
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
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  plugins: [policy],
});
