import { Command } from 'commander';
import { troublesOf } from '../ledger/chain.ts';
import { type Ledger, resourceKey } from '../ledger/ledger.ts';
import { lastingEngine } from './context.ts';
import { EXIT } from './errors.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';

export const verifyCommand = () =>
  withCommonOptions(new Command('verify'))
    .description('Prove that no record was altered or removed: the records of each resource are chained by hash.')
    .action(verify);

async function verify(options: CommonOptions): Promise<void> {
  const { ledger } = lastingEngine(options);
  const ids = await recordsByKey(ledger);
  let records = 0;
  let troubled = 0;
  for (const [key, own] of ids) {
    const first = await examined(key, own, ledger);
    // A record may have ended between two reads; what is really wrong is still wrong at a second look.
    const { links, known, troubles } = first.troubles.length === 0 ? first : await examined(key, own, ledger);
    records += known.size;
    troubled += troubles.length > 0 ? 1 : 0;
    if (options.json) process.stdout.write(`${JSON.stringify({ resource: key, entries: links.length, troubles })}\n`);
    else for (const trouble of troubles) process.stdout.write(`${key}: ${trouble}\n`);
  }
  const verdict = troubled === 0 ? 'whole' : `${counted(troubled, 'chain is', 'chains are')} not whole`;
  if (!options.json) process.stdout.write(`${counted(ids.size, 'chain')}, ${counted(records, 'record')}: ${verdict}\n`);
  process.exitCode = troubled === 0 ? EXIT.done : EXIT.failed;
}

async function examined(key: string, own: ReadonlySet<string>, ledger: Ledger) {
  const { head, links } = await ledger.chain(key);
  const chained = new Set(links.map(({ remediationId }) => remediationId));
  const known = new Map(
    await Promise.all([...own, ...chained].map(async (id) => [id, await ledger.remediation(id)] as const)),
  );
  const strangers = [...own].filter((id) => !chained.has(id)).map((id) => `${id} is not in the chain`);
  return { links, known, troubles: [...troublesOf(head, links, (id) => known.get(id) ?? null), ...strangers] };
}

const counted = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** The ids of the records of each resource that has records or a chain. Taken before the chains are read: a record that begins meanwhile is no stranger. */
async function recordsByKey(ledger: Ledger): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const ids = new Map<string, Set<string>>();
  for await (const { id, service, ref } of ledger.remediations()) {
    const key = resourceKey(service, ref);
    ids.set(key, (ids.get(key) ?? new Set()).add(id));
  }
  for (const key of await ledger.chainKeys()) if (!ids.has(key)) ids.set(key, new Set());
  return ids;
}
