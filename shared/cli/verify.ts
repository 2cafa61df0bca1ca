import { Command } from 'commander';
import { evidenceErrors } from '../ledger/chain.ts';
import type { Ledger, ProvenChain } from '../ledger/ledger.ts';
import { visible, visibleJson } from '../text.ts';
import { ledgerRun } from './context.ts';
import { EXIT } from './errors.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';

export const verifyCommand = () =>
  withCommonOptions(new Command('verify'))
    .description('Verify that no record was altered or removed: the records of each resource form a hash chain.')
    .action(verify);

/** A hash chain, and its errors. */
interface Verified extends ProvenChain {
  readonly errors: readonly string[];
}

async function verify(options: CommonOptions): Promise<void> {
  const { ledger } = (await ledgerRun(options, 'nothing')).engine;
  const chains = await verifiedChains(ledger);
  let records = 0;
  let broken = 0;
  for (const [key, { links, evidence, errors }] of chains) {
    records += new Set([...evidence.keys(), ...links.map(({ remediationId }) => remediationId)]).size;
    broken += errors.length > 0 ? 1 : 0;
    if (options.json)
      process.stdout.write(`${visibleJson(JSON.stringify({ resource: key, entries: links.length, errors }))}\n`);
    else for (const error of errors) process.stdout.write(`${visible(key)}: ${visible(error)}\n`);
  }
  const conclusion = broken === 0 ? 'intact' : `${counted(broken, 'chain is', 'chains are')} broken`;
  if (!options.json)
    process.stdout.write(`${counted(chains.size, 'chain')}, ${counted(records, 'record')}: ${conclusion}\n`);
  process.exitCode = broken === 0 ? EXIT.done : EXIT.failed;
}

/** Reads the chains twice where there are errors: a record that was being written at the first read is complete at the second. */
async function verifiedChains(ledger: Ledger): Promise<ReadonlyMap<string, Verified>> {
  const first = verified(await ledger.chains());
  if ([...first.values()].every(({ errors }) => errors.length === 0)) return first;
  const second = verified(await ledger.chains());
  return new Map(
    [...second].map(([key, chain]) => {
      const before = new Set(first.get(key)?.errors);
      return [key, { ...chain, errors: chain.errors.filter((error) => before.has(error)) }];
    }),
  );
}

const verified = (chains: ReadonlyMap<string, ProvenChain>): ReadonlyMap<string, Verified> =>
  new Map(
    [...chains].map(([key, chain]) => [
      key,
      { ...chain, errors: evidenceErrors(chain.head, chain.links, chain.evidence) },
    ]),
  );

const counted = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
