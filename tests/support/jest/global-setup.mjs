import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '../../../scripts/sandbox/moto.ts';

const COMPILED = fileURLToPath(new URL('../../../.sandbox/compiled', import.meta.url));
const MAX_COMPILED_BYTES = 300_000_000;

/** One local account server for the whole run; every test file has an account of its own in it. And a place for what is packaged and compiled once for all of them. */
export default async function setup() {
  const sandbox = await startSandbox({ say: console.log });
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'evenkeel-test-')));
  process.env.EVENKEEL_TEST_ENDPOINT = sandbox.endpoint;
  process.env.EVENKEEL_TEST_PACKAGES = join(folder, 'packages');
  mkdirSync(process.env.EVENKEEL_TEST_PACKAGES);
  // Later runs find it again. Copies of the tree leave theirs too, which nobody will ask for: so it begins anew when it is large.
  if (bytesIn(COMPILED) > MAX_COMPILED_BYTES) rmSync(COMPILED, { recursive: true, force: true, maxRetries: 3 });
  process.env.NODE_COMPILE_CACHE = COMPILED;
  globalThis.evenkeel = { sandbox, folder };
}

function bytesIn(folder) {
  mkdirSync(folder, { recursive: true });
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const sizes = entries.map(
    ({ parentPath, name }) => statSync(join(parentPath, name), { throwIfNoEntry: false })?.size,
  );
  return sizes.reduce((sum, size = 0) => sum + size, 0);
}
