import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { DICTIONARY_1 } from './dictionary.ts';

/** Documents above this many characters are stored compressed: DynamoDB counts a write by the kilobyte. */
const PLAIN_LIMIT_CHARACTERS = 400;
/** What DynamoDB allows an item; every store keeps to it, so that a ledger can move. */
const MAX_ITEM_BYTES = 400 * 1024;
/** The first byte of a compressed document names its format, so that later formats can be distinguished. */
const FORMAT_1 = 1;

/** A document as a store keeps it: short ones as JSON, longer ones as a format byte and what that format makes of the JSON. */
export function pack(document: unknown): string | Uint8Array {
  const text = JSON.stringify(document) ?? 'null';
  if (text.length <= PLAIN_LIMIT_CHARACTERS) return text;
  const compressed = deflateRawSync(text, { level: 9, dictionary: DICTIONARY_1 });
  return Buffer.concat([Uint8Array.of(FORMAT_1), compressed]);
}

/** A document as `pack` gives it. Throws where it is larger than an item may be. */
export function packItem(document: unknown): string | Uint8Array {
  const content = pack(document);
  if (content.length > MAX_ITEM_BYTES) throw new Error('Item size has exceeded the maximum allowed size');
  return content;
}

/** The document that was packed. Throws where its format is not known. */
export function unpack(stored: string | Uint8Array): unknown {
  if (typeof stored === 'string') return JSON.parse(stored);
  const [format] = stored;
  if (format !== FORMAT_1) throw new Error(`a document of format ${format} was written by another version of Evenkeel`);
  return JSON.parse(inflateRawSync(stored.subarray(1), { dictionary: DICTIONARY_1 }).toString());
}
