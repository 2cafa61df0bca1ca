import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gunzipped } from '../../../shared/cli/sources/gunzip.ts';

/** What is unpacked of these bytes, which come in parts of this size, and the error it ends with. */
async function unpacked(bytes: Uint8Array, size = 1000) {
  async function* parts() {
    for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
  }
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of gunzipped(parts())) chunks.push(chunk);
  } catch (error) {
    return { text: Buffer.concat(chunks).toString(), error: (error as NodeJS.ErrnoException).message };
  }
  return { text: Buffer.concat(chunks).toString(), error: null };
}

const content = Array.from({ length: 900 }, (_, index) => `${index} ${(index * 7919) % 104_729}`).join(',');
const packed = gzipSync(content);
/** A header with all that it may hold. */
const named = Buffer.concat([
  Buffer.from([0x1f, 0x8b, 8, 0x1c, 0, 0, 0, 0, 0, 255, 3, 0, 9, 9, 9]),
  Buffer.from('log.json\0of a day\0'),
  packed.subarray(10),
]);
const wrong = (from: number, to: number) => Buffer.from(packed).fill(0xff, from, to);

test('all members, in parts of whatever size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string(), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 99 }),
      async (all, size) => {
        const text = Buffer.from(all.join('')).toString();
        expect(await unpacked(Buffer.concat(all.map((one) => gzipSync(one))), size)).toEqual({ text, error: null });
      },
    ),
    { numRuns: 50 },
  );
});

describe('what stands before the part with a damage is given', () => {
  test.each<[string, Buffer, string | null]>([
    ['a name, a comment and more in the header', named, null],
    ['zeros after the last', Buffer.concat([packed, Buffer.alloc(3000)]), null],
    ['cut off in its trailer', packed.subarray(0, -3), 'unexpected end of file'],
    ['a wrong checksum', wrong(packed.length - 8, packed.length - 4), 'incorrect data check'],
    ['a wrong length', wrong(packed.length - 4, packed.length), 'incorrect length check'],
    ['something else after it', Buffer.concat([packed, Buffer.from('something else')]), 'incorrect header check'],
    ['a second member that is cut off', Buffer.concat([packed, packed.subarray(0, 5)]), 'unexpected end of file'],
    ['a second member of another method', Buffer.concat([packed, wrong(2, 3)]), 'unknown compression method'],
  ])('%s', async (_name, bytes, error) => {
    for (const size of [1, 7, 100_000]) expect(await unpacked(bytes, size)).toEqual({ text: content, error });
  });

  test('cut off, or damaged, in its middle', async () => {
    const cut = await unpacked(packed.subarray(0, -200), 64);
    expect(cut.error).toBe('unexpected end of file');
    expect(content.startsWith(cut.text)).toBe(true);
    expect(cut.text.length).toBeGreaterThan(content.length / 2);
    const before = await unpacked(packed.subarray(0, 1000), 64);
    for (const size of [1, 64, 100_000]) {
      const { text, error } = await unpacked(wrong(1000, 1020), size);
      expect(error).not.toBeNull();
      expect(text.startsWith(before.text)).toBe(true);
    }
  });
});
