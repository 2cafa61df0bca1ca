import { crc32, createInflateRaw } from 'node:zlib';
import { UsageError } from '../errors.ts';

/** How each member of a gzip file begins (RFC 1952). */
export const MAGIC = Buffer.from([0x1f, 0x8b]);
/** Of the header after that, the method and the flags first. */
const REST_BYTES = 8;
const TRAILER_BYTES = 8;
const FLAG = { headerCrc: 0x02, extra: 0x04, name: 0x08, comment: 0x10 } as const;
const DEFLATE = 8;
/** Larger than zlib's own: logs are packed to a twentieth. */
const CHUNK_BYTES = 65_536;

const damaged = () => new UsageError('cannot be read: its gzip data is damaged; fetch it again');
const cutOff = () => new UsageError('cannot be read: its gzip data is cut off; fetch it again');

/** The content of a gzip file, of all its members. What stands before a damage is given before that is thrown, which a gunzip of Node's does not do. Throws UsageError, zlib's error, or what reading the file throws. */
export async function* gunzipped(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const bytes = new ByteReader(packed);
  do {
    await skipHeader(bytes);
    let [crc, size] = [0, 0];
    for await (const chunk of inflated(bytes)) {
      crc = crc32(chunk, crc);
      size = (size + chunk.length) >>> 0;
      yield chunk;
    }
    const trailer = await bytes.take(TRAILER_BYTES);
    if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== size) throw damaged();
  } while (await hasMore(bytes));
}

async function skipHeader(bytes: ByteReader): Promise<void> {
  if (!(await bytes.take(MAGIC.length)).equals(MAGIC)) throw damaged();
  const [method, flags = 0] = await bytes.take(REST_BYTES);
  if (method !== DEFLATE) throw damaged();
  const has = (flag: number) => (flags & flag) !== 0;
  if (has(FLAG.extra)) await bytes.take((await bytes.take(2)).readUInt16LE(0));
  for (const flag of [FLAG.name, FLAG.comment]) if (has(flag)) while ((await bytes.take(1))[0] !== 0);
  if (has(FLAG.headerCrc)) await bytes.take(2);
}

/** The content of one member; what follows it stays unread. */
async function* inflated(bytes: ByteReader): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES });
  const chunks: Buffer[] = [];
  let [written, isEnded] = [0, false];
  let failure: Error | null = null;
  const ended = Promise.withResolvers<void>();
  inflate
    .on('data', (chunk: Buffer) => chunks.push(chunk))
    .on('end', () => {
      isEnded = true;
      ended.resolve();
    })
    .on('error', (error) => {
      failure = error;
      ended.resolve();
    });
  while (!isEnded && failure === null) {
    const part = await bytes.next();
    if (part === null) throw cutOff();
    written += part.length;
    await Promise.race([ended.promise, new Promise((resolve) => inflate.write(part, resolve))]);
    yield* chunks.splice(0);
    if (isEnded) bytes.unread(part.subarray(part.length - (written - inflate.bytesWritten)));
  }
  if (failure !== null) throw failure;
}

/** True where another member follows. Zeros after the last are padding. */
async function hasMore(bytes: ByteReader): Promise<boolean> {
  for (let part = await bytes.next(); part !== null; part = await bytes.next()) {
    const at = part.findIndex((byte) => byte !== 0);
    if (at < 0) continue;
    bytes.unread(part.subarray(at));
    return true;
  }
  return false;
}

/** Reads bytes in parts, or as many as are asked for. */
class ByteReader {
  readonly #parts: AsyncIterator<Buffer>;
  #left: Buffer = Buffer.alloc(0);

  constructor(parts: AsyncIterable<Buffer>) {
    this.#parts = parts[Symbol.asyncIterator]();
  }

  /** The next bytes, at least one; null at the end. */
  async next(): Promise<Buffer | null> {
    const left = this.#left;
    this.#left = Buffer.alloc(0);
    if (left.length > 0) return left;
    for (;;) {
      const { done, value } = await this.#parts.next();
      if (done === true) return null;
      if (value.length > 0) return value;
    }
  }

  /** So many bytes. Throws UsageError where there are fewer. */
  async take(count: number): Promise<Buffer> {
    let taken: Buffer = Buffer.alloc(0);
    while (taken.length < count) {
      const part = await this.next();
      if (part === null) throw cutOff();
      taken = taken.length === 0 ? part : Buffer.concat([taken, part]);
    }
    this.unread(taken.subarray(count));
    return taken.subarray(0, count);
  }

  /** The bytes are read again. */
  unread(bytes: Buffer): void {
    this.#left = this.#left.length === 0 ? bytes : Buffer.concat([bytes, this.#left]);
  }
}
