import { readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './errors.ts';
import { assertReadable, unreadable } from './files.ts';

const EVENT_FILES = /\.(json|jsonl|ndjson)(\.gz)?$/;

/** The files of these sources, those of folders included. Throws UsageError, before anything is done, for a source that does not exist or holds no events. */
export function filesOf(sources: readonly string[]): readonly string[] {
  return sources.flatMap((source) => {
    if (source === '-') return [source];
    const stats = statsOfSource(source);
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

function statsOfSource(source: string): Stats {
  try {
    return assertReadable(source);
  } catch (error) {
    throw new UsageError(`${source}: ${unreadable(error)}`);
  }
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
    throw new UsageError(`${folder}: ${unreadable(error)}`);
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
