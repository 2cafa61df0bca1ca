import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { run, temporaryFolder } from './support/command.ts';

const BIN = join(import.meta.dirname, '../bin');
const folder = temporaryFolder();
const text = readFileSync(join(BIN, 'evenkeel'), 'utf8');

// Seen with Node 14, 16, 18 and 20 themselves: npx --package=node@18 -- node bin/evenkeel
describe('the command on a Node that cannot run the sources', () => {
  cpSync(BIN, join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const older = join(folder, 'older.cjs');
  writeFileSync(
    older,
    `Object.defineProperty(process.versions, 'node', { value: '18.20.8' });
     Object.defineProperty(process, 'version', { value: 'v18.20.8' });
     delete require('module').enableCompileCache;`,
  );
  const onOlder = (...args: readonly string[]) =>
    run(process.execPath, ['--require', older, join(folder, 'bin/evenkeel'), ...args]);

  test('says in one line which it needs, and how to get it', async () => {
    expect(await onOlder('controls')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'evenkeel: needs Node 24 or newer, this is v18.20.8: run `npm ci` in the clone, which brings it along\n',
    });
  });

  test('starts the one that the clone brings along, with the same arguments and its status', async () => {
    mkdirSync(join(folder, 'node_modules/node/bin'), { recursive: true });
    const pinned = join(folder, 'node_modules/node/bin/node');
    writeFileSync(pinned, '#!/bin/sh\nprintf "%s\\n" "$@"\nexit 3\n', { mode: 0o755 });
    const bin = join(folder, 'bin/evenkeel');
    expect(await onOlder('sweep', '--json')).toEqual({ status: 3, stdout: `${bin}\nsweep\n--json\n`, stderr: '' });
  });

  test('passes an interrupt on, and ends with the status of what was interrupted', async () => {
    const pinned = join(folder, 'node_modules/node/bin/node');
    mkdirSync(join(folder, 'node_modules/node/bin'), { recursive: true });
    writeFileSync(pinned, "#!/bin/sh\ntrap 'kill $!; echo 2 done; exit 130' INT\nsleep 20 &\necho begun\nwait\n", {
      mode: 0o755,
    });
    const child = spawn(process.execPath, ['--require', older, join(folder, 'bin/evenkeel'), 'sweep']);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      stdout += chunk;
      if (stdout === 'begun\n') child.kill('SIGINT');
    });
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(130);
    expect(stdout).toBe('begun\n2 done\n');
  });

  test('can be read by it: a script of CommonJS, without syntax that is younger than Node 14', () => {
    expect(() => new Script(text)).not.toThrow();
    expect(text).not.toMatch(/^import .* from|\bawait\b|\?\?=|\|\|=|&&=|#\w+ in /m);
    expect(JSON.parse(readFileSync(join(BIN, 'package.json'), 'utf8'))).toEqual({ type: 'commonjs' });
  });
});

test('works through a link, as npm makes one', async () => {
  symlinkSync(join(BIN, 'evenkeel'), join(folder, 'evenkeel'));
  const finished = await run(process.execPath, [join(folder, 'evenkeel'), '--version']);
  expect(finished).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});
