import { rmSync } from 'node:fs';

export default async function teardown() {
  const { sandbox, folder } = globalThis.evenkeel ?? {};
  await sandbox?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
