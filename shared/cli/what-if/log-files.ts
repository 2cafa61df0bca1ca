import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../../aws/error-message.ts';
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
}

const JSON_LINES = /\.(jsonl|ndjson)(\.gz)?$/;
const GZIP = Buffer.from([0x1f, 0x8b]);
/** Files of S3 that are asked for before they are read: most are small, and most of their time is waiting. */
const AHEAD = 8;

/** A local file, or standard input (`-`). */
export const localLog = (path: string): LogFile =>
  path === '-'
    ? { name: 'standard input', bytes: 0, open: async () => process.stdin }
    : { name: path, bytes: statSync(path).size, open: async () => createReadStream(path) };

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
    yield { entries: records.end(), packedBytes: taken() };
  } catch (error) {
    yield { entries: [{ where: '', error: `cannot be read: ${messageOf(error)}` }], packedBytes: taken() };
  }
}

/** The content, through gunzip where it begins like a gzip file. */
async function* unpacked(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = content[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < GZIP.length) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  async function* whole() {
    if (head.length > 0) yield head;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  }
  if (!head.subarray(0, GZIP.length).equals(GZIP)) yield* whole();
  else yield* gunzipped(whole());
}

/** The same bytes. */
const bufferOf = (chunk: Uint8Array): Buffer =>
  typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);

async function* gunzipped(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(packed);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  yield* source.pipe(gunzip);
}

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
