import { createReadStream, existsSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../engine/errors.ts';
import { UsageError } from './errors.ts';

/** A JSON value of a source, or the error in its place; `isWholeSource` where the error concerns the whole source. */
export type SourceEntry =
  | { readonly where: string; readonly value: unknown }
  | { readonly where: string; readonly error: string; readonly isWholeSource: boolean };

const EVENT_FILES = /\.(json|jsonl|ndjson)(\.gz)?$/;
const JSON_LINES = /\.(jsonl|ndjson)(\.gz)?$/;

/** The files of these sources, those of folders included. Throws UsageError, before anything is done, for a source that does not exist or holds no events. */
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
    const found = filesIn(source)
      .filter((file) => EVENT_FILES.test(file))
      .sort();
    if (found.length === 0) throw new UsageError(`${source}: contains no .json, .jsonl or .json.gz file`);
    return found;
  });
}

/** All files below a folder. Links are followed, each folder is read once: a link to a parent would otherwise repeat its events. */
function filesIn(folder: string, visited: Set<string> = new Set()): readonly string[] {
  const real = realpathSync(folder);
  if (visited.has(real)) return [];
  visited.add(real);
  return namesIn(folder).flatMap((name) => {
    const path = join(folder, name);
    const stats = statsOf(path);
    if (stats?.isDirectory()) return filesIn(path, visited);
    return stats?.isFile() ? [path] : [];
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new UsageError(`${folder}: cannot be read: ${messageOf(error)}`);
  }
}

/** Null for a link that leads nowhere, or to itself. */
function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** Reads the JSON values of a file (or of standard input, `-`) one by one. What cannot be read yields an error, and the rest goes on. */
export async function* entriesOf(file: string): AsyncGenerator<SourceEntry> {
  const name = file === '-' ? 'standard input' : file;
  const plain = file === '-' ? process.stdin : createReadStream(file);
  const stream = file.endsWith('.gz') ? plain.pipe(createGunzip()) : plain;
  try {
    if (JSON_LINES.test(file))
      yield* fromLines(createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }), name);
    else yield* fromText((await text(stream)).replace(/^\uFEFF/, ''), name);
  } catch (error) {
    yield { where: name, error: `cannot be read: ${messageOf(error)}`, isWholeSource: true };
  }
}

async function* fromLines(lines: AsyncIterable<string> | Iterable<string>, name: string): AsyncGenerator<SourceEntry> {
  let number = 0;
  let found = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    found += 1;
    yield { ...parsed(number === 1 ? line.replace(/^\uFEFF/, '') : line, `${name}:${number}`), isWholeSource: false };
  }
  if (found === 0) yield { where: name, error: 'empty', isWholeSource: true };
}

/** One JSON value, else JSON Lines, whatever the file's name. */
async function* fromText(content: string, name: string): AsyncGenerator<SourceEntry> {
  if (content.trim() === '') {
    yield { where: name, error: 'empty', isWholeSource: true };
    return;
  }
  const single = parsed(content, name);
  if ('value' in single) {
    yield single;
    return;
  }
  const lines = content.split(/\r?\n/);
  const areLines =
    lines.filter((line) => line.trim() !== '').length > 1 &&
    lines.some((line) => 'value' in parsed(line, name) && line.trim().startsWith('{'));
  if (areLines) yield* fromLines(lines, name);
  else yield single;
}

function parsed(content: string, where: string): SourceEntry {
  try {
    return { where, value: JSON.parse(content) };
  } catch (error) {
    return { where, error: `not JSON: ${(error as Error).message}`, isWholeSource: true };
  }
}
