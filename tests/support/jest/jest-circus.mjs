import { createRequire } from 'node:module';
import { TestModules } from './test-modules.mjs';

const require = createRequire(import.meta.url);
const { default: circus } = require('jest-circus/runner');

/** Jest's own test runner, on modules that `TestModules` loads and not Jest's runtime. */
export default async function runTests(globalConfig, config, environment, runtime, testPath, send) {
  const modules = new TestModules(() => runtime.requireModuleOrMock(testPath, '@jest/globals'));
  const own = Object.create(runtime, {
    requireInternalModule: { value: loadAnew },
    unstable_importModule: { value: (path) => modules.import(path) },
  });
  return circus(globalConfig, config, environment, own, testPath, send);
}

/** A module of Jest's with the state of one test file. What has required it keeps it, and with it all that the file has loaded: so that goes too. */
function loadAnew(path) {
  delete require.cache[path];
  return createRequire(import.meta.url)(path);
}
