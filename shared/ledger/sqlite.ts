import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { packItem, unpack } from './codec.ts';
import { assertCommit, ConflictError, type Item, type ReadItem, type Store, type Write } from './store.ts';

/** How long a statement waits for another process that writes. */
const BUSY_TIMEOUT_MS = 30_000;
/** The version of the tables below, which the file carries: a later one is left alone. */
const FORMAT = 1;

const TABLES = `
  CREATE TABLE IF NOT EXISTS items (
    pk TEXT NOT NULL, sk TEXT NOT NULL, version INTEGER NOT NULL, document ANY NOT NULL, list TEXT, at TEXT,
    PRIMARY KEY (pk, sk)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS lists ON items (list, at) WHERE list IS NOT NULL;
  PRAGMA user_version = ${FORMAT};
`;

/** A store in a SQLite file that several processes may share, or in memory at `:memory:`. A file that is not there is created, readable by its owner alone. Throws where the file cannot be opened or was written by a later version. */
export function sqliteStore(path: string): Store {
  if (path !== ':memory:') create(path);
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  inTransaction(database, () => prepareTables(database, path));
  // A commit then waits for the disk once instead of four times; where the file system cannot do it, all stays as it was.
  database.exec('PRAGMA journal_mode = WAL');

  const one = database.prepare('SELECT * FROM items WHERE pk = ? AND sk = ?');
  const all = database.prepare("SELECT * FROM items WHERE pk = ? AND sk >= ? AND document <> 'null' ORDER BY sk");
  const listed = database.prepare(
    "SELECT * FROM items WHERE list = ? AND at >= ? AND document <> 'null' ORDER BY at, pk, sk",
  );
  const put = database.prepare(
    'INSERT OR REPLACE INTO items (pk, sk, version, document, list, at) VALUES (?, ?, ?, ?, ?, ?)',
  );

  function assertAsRead({ pk, sk, read }: ReadItem): void {
    const version = one.get(pk, sk)?.version ?? 0;
    if (version !== read) throw new ConflictError(`${pk} ${sk} was written by another run`);
  }

  function write({ pk, sk, read, document, listed }: Write): void {
    put.run(pk, sk, read + 1, packItem(document), listed?.list ?? null, listed?.at ?? null);
  }

  return {
    async get(pk, sk) {
      const row = one.get(pk, sk);
      return row === undefined ? null : itemOf(row);
    },
    async query(pk, prefix = '') {
      return all
        .all(pk, prefix)
        .map(itemOf)
        .filter(({ sk }) => sk.startsWith(prefix));
    },
    async *list(list, { since = '', prefix } = {}) {
      for (const item of listed.all(list, prefix ?? since).map(itemOf))
        if (prefix === undefined || item.listed?.at.startsWith(prefix)) yield item;
    },
    async commit(writes, checks = []) {
      assertCommit([...writes, ...checks]);
      inTransaction(database, () => {
        for (const item of [...writes, ...checks]) assertAsRead(item);
        for (const item of writes) write(item);
      });
    },
  };
}

/** Makes an empty file of mode 0600 before SQLite would make one that others may read. */
function create(path: string): void {
  makeFolder(dirname(resolve(path)));
  closeSync(openSync(path, 'a', 0o600));
}

/** Makes a folder and those above it, one by one: where nothing can be made (/proc), Node's own `recursive` never ends. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process was faster.
    if (existsSync(path)) return;
    throw new Error(`the folder ${path} cannot be made; name another file with EVENKEEL_LEDGER`, { cause: error });
  }
}

function prepareTables(database: DatabaseSync, path: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
  if (version > FORMAT) throw new Error(`${path} was written by a later version of Evenkeel (format ${version})`);
  if (version < FORMAT) database.exec(TABLES);
}

/** Makes all or nothing, with the write lock from the beginning: no other process writes between a check and its write. */
function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    // A full disk has ended the transaction already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function itemOf({ pk, sk, version, document, list, at }: Readonly<Record<string, SQLOutputValue>>): Item {
  return {
    pk: String(pk),
    sk: String(sk),
    version: Number(version),
    document: unpack(document as string | Uint8Array),
    ...(list === null ? {} : { listed: { list: String(list), at: String(at) } }),
  };
}
