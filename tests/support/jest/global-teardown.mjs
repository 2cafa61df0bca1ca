import { rmSync } from 'node:fs';

export default async function teardown() {
  await globalThis.sandbox?.stop();
  rmSync(process.env.EVENKEEL_TEST_PACKAGES, { recursive: true, force: true });
}
