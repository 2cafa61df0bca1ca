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

const DAMAGED = 'cannot be read: its gzip data is damaged; fetch it again';
const CUT_OFF = 'cannot be read: its gzip data is cut off; fetch it again';
const content = Array.from({ length: 900 }, (_, index) => `${index} ${(index * 7919) % 104_729}`).join(',');
const packed = gzipSync(content);
/** A header with all that it may hold. */
const named = Buffer.concat([
  Buffer.from([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 255, 3, 0, 9, 9, 9]),
  Buffer.from('log.json\0of a day\0ab'),
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

describe('what stands before a damage is given', () => {
  test.each([
    ['a name, a comment and more in the header', named, content, null],
    ['zeros after the last', Buffer.concat([packed, Buffer.alloc(3000)]), content, null],
    ['cut off in its trailer', packed.subarray(0, -3), content, CUT_OFF],
    ['a wrong checksum', wrong(packed.length - 8, packed.length - 4), content, DAMAGED],
    ['a wrong length', wrong(packed.length - 4, packed.length), content, DAMAGED],
    ['something else after it', Buffer.concat([packed, Buffer.from('something else')]), content, DAMAGED],
    ['a second member cut off in its header', Buffer.concat([packed, packed.subarray(0, 5)]), content, CUT_OFF],
    ['a second member whose method is none', Buffer.concat([packed, wrong(2, 3)]), content, DAMAGED],
  ])('%s', async (_name, bytes, text, error) => {
    for (const size of [1, 7, 100_000]) expect(await unpacked(bytes, size)).toEqual({ text, error });
  });

  test('cut off, or damaged, in its middle', async () => {
    const cut = await unpacked(packed.subarray(0, -200), 64);
    expect(cut.error).toBe(CUT_OFF);
    expect(content.startsWith(cut.text)).toBe(true);
    expect(cut.text.length).toBeGreaterThan(content.length / 2);
    const { error } = await unpacked(wrong(1000, 1020), 64);
    expect(error).not.toBeNull();
  });
});
