import { spawnSync } from 'node:child_process';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { sqliteStore } from '../../shared/ledger/sqlite.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { temporaryFolder } from '../support/command.ts';
import { testLedger } from '../support/test-ledger.ts';
import { testStore } from '../support/test-store.ts';

const folder = temporaryFolder();
const path = (name: string) => join(folder, name);

testStore('in a SQLite file', async () => sqliteStore(path('store.sqlite')));
testLedger('in a SQLite file', async () => ledgerIn(sqliteStore(path('ledger.sqlite'))));

test('what one opening wrote, the next one reads', async () => {
  const write = { pk: 'p', sk: 's', read: 0, document: 'kept', listed: { list: 'l', at: '1' } };
  await sqliteStore(path('again.sqlite')).commit([write]);
  const again = sqliteStore(path('again.sqlite'));
  expect(await again.get('p', 's')).toMatchObject({ version: 1, document: 'kept' });
  expect(await Array.fromAsync(again.list('l'))).toHaveLength(1);
});

test('a new file and its folder are readable by their owner alone, and a file that is there keeps its mode', async () => {
  const before = process.umask(0);
  try {
    await sqliteStore(path('new/deep/ledger.sqlite')).commit([{ pk: 'p', sk: 's', read: 0, document: 'kept' }]);
    writeFileSync(path('shared.sqlite'), '');
    chmodSync(path('shared.sqlite'), 0o640);
    sqliteStore(path('shared.sqlite'));
  } finally {
    process.umask(before);
  }
  const modeOf = (name: string) => statSync(path(name)).mode & 0o777;
  const files = ['new/deep/ledger.sqlite', 'new/deep/ledger.sqlite-wal', 'new/deep', 'new', 'shared.sqlite'];
  expect(files.map(modeOf)).toEqual([0o600, 0o600, 0o700, 0o700, 0o640]);
});

test('where the folder cannot be made, that is said, and soon', () => {
  const module = new URL('../../shared/ledger/sqlite.ts', import.meta.url).href;
  const script = `import('${module}').then(({ sqliteStore }) => sqliteStore('/proc/above/below/ledger.sqlite'))`;
  // Of a process of its own: what never ends could not be stopped in this one.
  const { signal, stderr } = spawnSync(process.execPath, ['-e', script], { timeout: 20_000, encoding: 'utf8' });
  expect(signal).toBeNull();
  expect(stderr).toMatch(/the folder \/proc(\/above)? cannot be made; name another file with EVENKEEL_LEDGER/);
});

test('a file of a later version, or that is no ledger, is left alone', () => {
  const later = new DatabaseSync(path('later.sqlite'));
  later.exec('PRAGMA user_version = 2');
  expect(() => sqliteStore(path('later.sqlite'))).toThrow(/later\.sqlite was written by a later version of Evenkeel/);
  expect(later.prepare('SELECT name FROM sqlite_master').all()).toEqual([]);
  writeFileSync(
    path('text.sqlite'),
    'a text that is long enough to be read as the header of a file, and is none'.repeat(20),
  );
  expect(() => sqliteStore(path('text.sqlite'))).toThrow(/not a database/);
});
