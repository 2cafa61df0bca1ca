import { constants, createGunzip, gunzipSync } from 'node:zlib';

/** How a gzip file begins (RFC 1952). */
export const MAGIC = Buffer.from([0x1f, 0x8b]);
const CHUNK_BYTES = 64 * 1024;

/** A file is kept up to this size, lest a damage takes with it what stands before: a log of CloudTrail is smaller. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;
const MAX_RESTORED_BYTES = 64 * MAX_KEPT_BYTES;

/** The content of a gzip file, of all its members. What stands before a damage is given before zlib's error is thrown, which withholds it; of a file of more than 4 MB, what stands before the part with the damage. Throws zlib's error, or what reading the file throws. */
export async function* gunzipped(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const chunks: Buffer[] = [];
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let unpackedBytes = 0;
  let failure: Error | undefined;
  const closed = new Promise<void>((resolve) => gunzip.once('close', resolve));
  gunzip
    .on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      unpackedBytes += chunk.length;
    })
    .on('error', (error) => {
      failure = error;
    });
  for await (const part of packed) {
    keptBytes += part.length;
    if (keptBytes <= MAX_KEPT_BYTES) kept.push(part);
    else kept.length = 0;
    await Promise.race([closed, new Promise((resolve) => gunzip.write(part, resolve))]);
    yield* chunks.splice(0);
    if (failure !== undefined) {
      yield beforeDamage(Buffer.concat(kept)).subarray(unpackedBytes);
      throw failure;
    }
  }
  gunzip.end();
  await closed;
  yield* chunks.splice(0);
  if (failure !== undefined) throw failure;
}

/** What can be unpacked of a damaged file: the content of its longest beginning in which zlib finds nothing wrong. */
function beforeDamage(packed: Buffer): Buffer {
  let content: Buffer = Buffer.alloc(0);
  let [sound, damaged] = [0, packed.length];
  while (damaged - sound > 1) {
    const length = Math.floor((sound + damaged) / 2);
    const found = contentOf(packed.subarray(0, length));
    if (found === null) damaged = length;
    else [sound, content] = [length, found];
  }
  return content;
}

/** The content so far of a file that is not over; null where it is damaged. */
function contentOf(packed: Buffer): Buffer | null {
  try {
    return gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_RESTORED_BYTES });
  } catch {
    return null;
  }
}
