import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../../../scripts/sandbox/moto.ts';

/** One local account server for the whole run; every test file has an account of its own in it. And a place for what is packaged and compiled once for all of them. */
export default async function setup() {
  const sandbox = await startSandbox({ say: console.log });
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'evenkeel-test-')));
  process.env.EVENKEEL_TEST_ENDPOINT = sandbox.endpoint;
  process.env.EVENKEEL_TEST_PACKAGES = join(folder, 'packages');
  mkdirSync(process.env.EVENKEEL_TEST_PACKAGES);
  process.env.NODE_COMPILE_CACHE = join(folder, 'compiled');
  globalThis.evenkeel = { sandbox, folder };
}
