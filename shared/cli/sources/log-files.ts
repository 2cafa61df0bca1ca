import { createReadStream, statSync } from 'node:fs';
import { unreadable } from '../files.ts';
import { gunzipped, MAGIC } from './gunzip.ts';
import { type LogEntry, LogRecords } from './records.ts';

/** A file of a log, wherever it is. */
export interface LogFile {
  readonly name: string;
  /** 0 where it is unknown. */
  readonly bytes: number;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/** Values of a log, or errors, and how many bytes of the file were read for them. */
export interface LogPage {
  readonly entries: readonly LogEntry[];
  readonly packedBytes: number;
  /** True where the file could not be read to its end, or nothing in it could. */
  readonly isUnreadable?: boolean;
}

const JSON_LINES = /\.(jsonl|ndjson)(\.gz)?$/;
/** Files of S3 that are asked for before they are read: most are small, and most of their time is waiting. */
const AHEAD = 8;

/** A local file, or standard input (`-`). */
export const localLog = (path: string): LogFile =>
  path === '-'
    ? { name: 'standard input', bytes: 0, open: async () => process.stdin }
    : {
        name: path,
        bytes: statSync(path, { throwIfNoEntry: false })?.size ?? 0,
        open: async () => createReadStream(path),
      };

/** The values of a file, page by page, unpacked where it is packed, whatever its name. What cannot be read is an error, and never thrown. */
export async function* pagesOf(file: LogFile): AsyncGenerator<LogPage> {
  const records = new LogRecords(JSON_LINES.test(file.name));
  let packedBytes = 0;
  const taken = () => {
    const bytes = packedBytes;
    packedBytes = 0;
    return bytes;
  };
  async function* content() {
    for await (const chunk of await file.open()) {
      const bytes = bufferOf(chunk);
      packedBytes += bytes.length;
      yield bytes;
    }
  }
  try {
    for await (const chunk of unpacked(content())) yield { entries: records.push(chunk), packedBytes: taken() };
    yield { entries: records.end(), packedBytes: taken(), isUnreadable: records.isUnreadable };
  } catch (error) {
    yield { entries: [{ where: '', error: unreadable(error) }], packedBytes: taken(), isUnreadable: true };
  }
}

/** Where in a file a value stands: `events.jsonl:2`, `log.json record 3`. */
export function placeIn(file: Pick<LogFile, 'name'>, where: string): string {
  if (where === '') return file.name;
  const [, line] = /^line (\d+)$/.exec(where) ?? [];
  return line === undefined ? `${file.name} ${where}` : `${file.name}:${line}`;
}

/** The content, through gunzip where it begins like a gzip file. */
async function* unpacked(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = content[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < MAGIC.length) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  async function* whole() {
    if (head.length > 0) yield head;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  }
  if (!head.subarray(0, MAGIC.length).equals(MAGIC)) yield* whole();
  else yield* gunzipped(whole());
}

/** The same bytes. */
const bufferOf = (chunk: Uint8Array): Buffer =>
  typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);

/** The files, each asked for while those before it are read. */
export async function* opened(files: AsyncIterable<LogFile>): AsyncGenerator<LogFile> {
  const waiting: LogFile[] = [];
  for await (const file of files) {
    const content = file.open();
    content.catch(() => {}); // reported when it is its turn
    waiting.push({ ...file, open: () => content });
    const next = waiting.length > AHEAD ? waiting.shift() : undefined;
    if (next !== undefined) yield next;
  }
  yield* waiting;
}
