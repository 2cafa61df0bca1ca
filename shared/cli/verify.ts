import { Command } from 'commander';
import { type Link, troublesOf } from '../ledger/chain.ts';
import { type Remediation, resourceKey } from '../ledger/ledger.ts';
import { EXIT } from './errors.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';
import { lastingEngine } from './world.ts';

export const verifyCommand = () =>
  withCommonOptions(new Command('verify'))
    .description('Prove that no record was altered or removed: the records of each resource are chained by hash.')
    .action(verify);

async function verify(options: CommonOptions): Promise<void> {
  const { ledger } = lastingEngine(options);
  const keys = new Set<string>(await ledger.chainKeys());
  for await (const { service, ref } of ledger.remediations()) keys.add(resourceKey(service, ref));
  let records = 0;
  let troubled = 0;
  for (const key of keys) {
    const { head, links } = await ledger.chain(key);
    const known = await recordsOf(links, (id) => ledger.remediation(id));
    const troubles = troublesOf(head, links, (id) => known.get(id) ?? null);
    records += known.size;
    troubled += troubles.length > 0 ? 1 : 0;
    if (options.json) process.stdout.write(`${JSON.stringify({ resource: key, entries: links.length, troubles })}\n`);
    else for (const trouble of troubles) process.stdout.write(`${key}: ${trouble}\n`);
  }
  if (!options.json)
    process.stdout.write(
      `${keys.size} chains, ${records} records: ${troubled === 0 ? 'whole' : `${troubled} chains are not whole`}\n`,
    );
  process.exitCode = troubled === 0 ? EXIT.done : EXIT.failed;
}

async function recordsOf(links: readonly Link[], read: (id: string) => Promise<Remediation | null>) {
  const ids = new Set(links.map(({ remediationId }) => remediationId));
  return new Map(await Promise.all([...ids].map(async (id) => [id, await read(id)] as const)));
}
