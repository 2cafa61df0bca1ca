import { createGunzip } from 'node:zlib';

/** How a gzip file begins (RFC 1952). */
export const MAGIC = Buffer.from([0x1f, 0x8b]);
const CHUNK_BYTES = 64 * 1024;

/** The content of a gzip file, of all its members. What stands before the part with a damage is given before zlib's error is thrown, which a stream that ends with an error withholds. Throws zlib's error, or what reading the file throws. */
export async function* gunzipped(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const chunks: Buffer[] = [];
  let failure: Error | undefined;
  const closed = new Promise<void>((resolve) => gunzip.once('close', resolve));
  gunzip
    .on('data', (chunk: Buffer) => chunks.push(chunk))
    .on('error', (error) => {
      failure = error;
    });
  for await (const part of packed) {
    await Promise.race([closed, new Promise((resolve) => gunzip.write(part, resolve))]);
    yield* chunks.splice(0);
    if (failure !== undefined) throw failure;
  }
  gunzip.end();
  await closed;
  yield* chunks.splice(0);
  if (failure !== undefined) throw failure;
}
