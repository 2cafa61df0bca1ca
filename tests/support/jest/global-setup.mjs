import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../../scripts/sandbox/moto.ts';

/** One local account server for the whole run; every test file has an account of its own in it. And a place for what is packaged once for all of them. */
export default async function setup() {
  const sandbox = await startSandbox({ say: console.log });
  process.env.EVENKEEL_TEST_ENDPOINT = sandbox.endpoint;
  process.env.EVENKEEL_TEST_PACKAGES = realpathSync(mkdtempSync(join(tmpdir(), 'evenkeel-test-packages-')));
  globalThis.sandbox = sandbox;
}
