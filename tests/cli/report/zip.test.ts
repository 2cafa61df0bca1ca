import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import { UsageError } from '../../../shared/cli/errors.ts';
import { writeZip } from '../../../shared/cli/report/zip.ts';
import { run, temporaryFolder } from '../../support/command.ts';

const folder = temporaryFolder();
const MTIME = new Date('2026-11-27T12:00:00Z');
const file = (name: string) => join(folder, name);
async function* parts() {
  yield 'one\n';
  yield 'zwei ü\n';
}

test('each file is read in its turn, and a later one may tell the digests of those before it', async () => {
  const path = file('a.zip');
  const digests = (before: readonly object[]) => JSON.stringify(before);
  await writeZip(
    path,
    [
      { name: 'a.txt', text: parts() },
      { name: 'empty', text: '' },
      { name: 'd', text: digests },
    ],
    MTIME,
  );
  const read = unzipSync(readFileSync(path));
  expect(Object.keys(read)).toEqual(['a.txt', 'empty', 'd']);
  expect(strFromU8(read['a.txt'] ?? new Uint8Array())).toBe('one\nzwei ü\n');
  const sha256 = (bytes = new Uint8Array()) => createHash('sha256').update(bytes).digest('hex');
  expect(JSON.parse(strFromU8(read.d ?? new Uint8Array()))).toEqual([
    { name: 'a.txt', bytes: 12, sha256: sha256(read['a.txt']) },
    { name: 'empty', bytes: 0, sha256: sha256(read.empty) },
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a file that exists is not overwritten, and what cannot be written is told in a line', async () => {
  writeFileSync(file('b.zip'), 'mine');
  await expect(writeZip(file('b.zip'), [], MTIME)).rejects.toThrow(/b\.zip: it exists, and is not overwritten/);
  expect(readFileSync(file('b.zip'), 'utf8')).toBe('mine');
  await expect(writeZip(file('none/b.zip'), [], MTIME)).rejects.toThrow(UsageError);
  await expect(writeZip(file('none/b.zip'), [], MTIME)).rejects.toThrow(/cannot be written: its folder does not exist/);
  mkdirSync(file('folder'));
  await expect(writeZip(file('folder'), [], MTIME)).rejects.toThrow(UsageError);
  expect(existsSync(file('folder'))).toBe(true);
});

test('where a file cannot be read, that is the error, and nothing is left', async () => {
  async function* failing() {
    yield 'begun';
    throw new Error('the ledger does not answer');
  }
  const path = file('c.zip');
  await expect(writeZip(path, [{ name: 'a', text: failing() }], MTIME)).rejects.toThrow('the ledger does not answer');
  expect(existsSync(path)).toBe(false);
});

test('where the process ends in the midst of it, nothing is left', async () => {
  const path = file('d.zip');
  const source = new URL('../../../shared/cli/report/zip.ts', import.meta.url).href;
  const script = `
    import { existsSync } from 'node:fs';
    import { writeZip } from ${JSON.stringify(source)};
    async function* interrupted() {
      yield 'begun';
      while (!existsSync(process.argv[1])) await new Promise((resolve) => setTimeout(resolve, 5));
      console.log('begun');
      process.exit(130);
    }
    await writeZip(process.argv[1], [{ name: 'a', text: interrupted() }], new Date());`;
  const finished = await run(process.execPath, ['--input-type=module', '-e', script, path]);
  expect(finished).toEqual({ status: 130, stdout: 'begun\n', stderr: '' });
  expect(existsSync(path)).toBe(false);
});
