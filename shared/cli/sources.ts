import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../engine/errors.ts';
import { UsageError } from './errors.ts';

/** One JSON value out of a source, or the reason why there is none; `whole` where the trouble is the whole source's. */
export type Piece =
  | { readonly where: string; readonly value: unknown }
  | { readonly where: string; readonly trouble: string; readonly whole: boolean };

const KINDS = /\.(json|jsonl|ndjson)(\.gz)?$/;
const LINES = /\.(jsonl|ndjson)(\.gz)?$/;

/** The files behind what was named, folders opened. Throws UsageError for what does not exist or holds no events, before anything is done. */
export function filesOf(sources: readonly string[]): readonly string[] {
  return sources.flatMap((source) => {
    if (source === '-') return [source];
    if (!existsSync(source)) throw new UsageError(`${source}: no such file or folder`);
    const stats = statSync(source);
    if (!stats.isDirectory()) {
      // A pipe (`<(zcat …)`) has no size before it is read.
      if (stats.isFile() && stats.size === 0) throw new UsageError(`${source}: the file is empty`);
      return [source];
    }
    const found = within(source)
      .map((name) => join(source, name))
      .filter((file) => KINDS.test(file) && statSync(file, { throwIfNoEntry: false })?.isFile())
      .sort();
    if (found.length === 0) throw new UsageError(`${source}: holds no .json, .jsonl or .json.gz file`);
    return found;
  });
}

function within(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    throw new UsageError(`${folder}: cannot be read: ${messageOf(error)}`);
  }
}

/** Reads the JSON values of a file (or of standard input, `-`), one after another. What cannot be read is a piece with its trouble; the rest go on. */
export async function* piecesOf(file: string): AsyncGenerator<Piece> {
  const name = file === '-' ? 'standard input' : file;
  const plain = file === '-' ? process.stdin : createReadStream(file);
  const stream = file.endsWith('.gz') ? plain.pipe(createGunzip()) : plain;
  try {
    if (LINES.test(file))
      yield* fromLines(createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }), name);
    else yield* fromWhole((await text(stream)).replace(/^\uFEFF/, ''), name);
  } catch (error) {
    yield { where: name, trouble: `cannot be read: ${messageOf(error)}`, whole: true };
  }
}

async function* fromLines(lines: AsyncIterable<string> | Iterable<string>, name: string): AsyncGenerator<Piece> {
  let number = 0;
  let found = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    found += 1;
    yield { ...parsed(number === 1 ? line.replace(/^\uFEFF/, '') : line, `${name}:${number}`), whole: false };
  }
  if (found === 0) yield { where: name, trouble: 'is empty', whole: true };
}

/** One JSON value, or, where it is none, JSON Lines whatever the file is called. */
async function* fromWhole(content: string, name: string): AsyncGenerator<Piece> {
  if (content.trim() === '') {
    yield { where: name, trouble: 'is empty', whole: true };
    return;
  }
  const whole = parsed(content, name);
  if ('value' in whole) {
    yield whole;
    return;
  }
  const lines = content.split(/\r?\n/);
  const areLines =
    lines.filter((line) => line.trim() !== '').length > 1 &&
    lines.some((line) => 'value' in parsed(line, name) && line.trim().startsWith('{'));
  if (areLines) yield* fromLines(lines, name);
  else yield whole;
}

function parsed(content: string, where: string): Piece {
  try {
    return { where, value: JSON.parse(content) };
  } catch (error) {
    return { where, trouble: `is not JSON: ${(error as Error).message}`, whole: true };
  }
}
