import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { UsageError } from '../../shared/cli/errors.ts';
import { assertWritable, readText, unreadable, unwritable } from '../../shared/cli/files.ts';
import { run, temporaryFolder } from '../support/command.ts';

const folder = temporaryFolder();
const path = (name: string) => join(folder, name);
writeFileSync(path('good.yml'), 'héllo');
writeFileSync(path('empty.yml'), '');
writeFileSync(path('latin.yml'), Buffer.from('café', 'latin1'));
writeFileSync(path('utf16.yml'), Buffer.from('\uFEFFx: y', 'utf16le'));
mkdirSync(path('folder'));
symlinkSync('good.yml', path('link.yml'));
symlinkSync('nowhere.yml', path('broken.yml'));
symlinkSync('loop.yml', path('loop.yml'));
execFileSync('mkfifo', [path('pipe')]);
const server = createServer();
await new Promise<void>((resolve) => server.listen(path('socket'), resolve));
afterAll(() => void server.close());

describe('the text of a file that a person named', () => {
  test.each([
    ['good.yml', 'héllo'],
    ['link.yml', 'héllo'],
    ['empty.yml', ''],
    ['/dev/null', ''],
  ])('%s', (name, text) => {
    expect(readText(name.startsWith('/') ? name : path(name))).toBe(text);
  });

  test.each([
    ['folder', 'it is a folder; name a file in it'],
    ['absent.yml', 'there is no such file; check the name'],
    ['absent/x.yml', 'there is no such file; check the name'],
    ['good.yml/x', 'a part of its path is a file; check the name'],
    ['broken.yml', 'it is a link that leads nowhere; name the file'],
    ['loop.yml', 'it is a link that leads to itself; name the file'],
    ['n'.repeat(300), 'the name is too long; check it'],
    ['latin.yml', 'it is not UTF-8 text; save it as UTF-8'],
    ['utf16.yml', 'it is not UTF-8 text; save it as UTF-8'],
    ['pipe', 'it is a named pipe; name a file'],
    ['socket', 'it is a socket; name a file'],
    ['/dev/zero', 'it is a device; name a file'],
  ])('%s cannot be read, and why', (name, why) => {
    const file = name.startsWith('/') ? name : path(name);
    expect(() => readText(file, 'p.yml')).toThrow(new UsageError(`p.yml: cannot be read: ${why}`));
  });

  test('a pipe that a shell has opened', async () => {
    const script = `import { readText } from '${join(import.meta.dirname, '../../shared/cli/files.ts')}'; console.log(readText(process.argv[1]));`;
    await expect(
      run('bash', ['-c', `"${process.execPath}" --input-type=module -e "$0" <(echo one)`, script]),
    ).resolves.toMatchObject({ status: 0, stdout: 'one\n\n' });
  });
});

test('by the code of the system, or else by what it says', () => {
  const coded = (code: string) => Object.assign(new Error('EX: a path'), { code });
  expect(unreadable(coded('EACCES'))).toBe(
    'cannot be read: you may not read it; check its permissions, and those of its folders',
  );
  expect(unreadable(coded('EIO'))).toBe('cannot be read: EX: a path');
  expect(unwritable(coded('EISDIR'))).toBe('cannot be written: it is a folder; name a file in it');
  expect(unwritable(coded('ELOOP'))).toBe('cannot be written: ELOOP; name another place');
  expect(unwritable(undefined)).toBe('cannot be written: an unknown error; name another place');
});

test('where a file could not be written is known before work is done', () => {
  for (const name of ['good.yml', 'new.yml', '/dev/null'])
    assertWritable('--file', name.startsWith('/') ? name : path(name));
  expect(() => assertWritable('--file', '')).toThrow('--file: the file name is empty');
  expect(() => assertWritable('--file', path('folder'))).toThrow('folder: cannot be written: it is a folder;');
  expect(() => assertWritable('--file', path('none/x.html'))).toThrow('its folder does not exist; create it');
});
