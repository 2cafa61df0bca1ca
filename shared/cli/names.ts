import pLimit from 'p-limit';
import type { Engine } from '../engine/context.ts';
import { CONCURRENCY } from '../engine/sweep/pass.ts';
import { tagsOf } from './finding-filters.ts';
import { type Entry, judgeOf, refOf } from './output/entry.ts';

/** For more resources than these no name is read: that would take longer than people wait. */
const MAX_NAMES = 500;
const NAME_TAG = 'Name';

/** The entries with the tag Name of their resources; a name that cannot be read is left out, since nothing depends on it. */
export async function withNames(entries: readonly Entry[], engine: Pick<Engine, 'aws'>): Promise<readonly Entry[]> {
  const limit = pLimit(CONCURRENCY);
  const names = new Map<string, Promise<string | null>>();
  const nameOf = (entry: Entry): Promise<string | null> => {
    const key = entry.arn ?? '';
    const known = names.get(key);
    if (known !== undefined || names.size >= MAX_NAMES) return known ?? Promise.resolve(null);
    const asked = limit(() => readName(entry, engine).catch(() => null));
    names.set(key, asked);
    return asked;
  };
  return Promise.all(
    entries.map(async (entry) => (entry.arn === null ? entry : { ...entry, name: await nameOf(entry) })),
  );
}

async function readName({ result }: Entry, engine: Pick<Engine, 'aws'>): Promise<string | null> {
  const [judge, ref] = [judgeOf(result), refOf(result)];
  if (judge === null || !('resource' in judge) || ref === null) return null;
  return (await tagsOf(judge.resource, ref, engine))?.[NAME_TAG] ?? null;
}
