import { Command } from 'commander';
import { DEFAULT_STACK } from '../doctor/deployment.ts';
import { type Anchoring, type AnchorReading, anchoring } from '../ledger/anchors.ts';
import { evidenceErrors, START } from '../ledger/chain.ts';
import type { Ledger, ProvenChain } from '../ledger/ledger.ts';
import { visible, visibleJson } from '../text.ts';
import { type CommandRun, ledgerRun } from './context.ts';
import { EXIT } from './errors.ts';
import { type LoggedAnchors, loggedAnchors } from './logged-anchors.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';

interface VerifyOptions extends CommonOptions {
  readonly logs?: boolean;
}

export const verifyCommand = () =>
  withCommonOptions(new Command('verify'))
    .description('Verify that no record was altered or removed: the records of each resource form a hash chain.')
    .option('--logs', "compare with the entries in the deployment's logs, which write access to the table cannot alter")
    .action(verify);

/** A hash chain, its errors, and what the logs say of it; null where they were not asked. */
interface Verified extends ProvenChain {
  readonly errors: readonly string[];
  readonly logged: Anchoring | null;
}

async function verify({ logs = false, ...options }: VerifyOptions): Promise<void> {
  const run = await ledgerRun(options, 'nothing');
  // Before the chains: what the logs know by now stands in the ledger.
  const reading = logs ? await readLogs(run, options) : null;
  const chains = await verifiedChains(run.engine.ledger, reading);
  const linesOf = options.json ? jsonLine : textLines;
  for (const [key, chain] of chains) process.stdout.write(linesOf(key, chain));
  for (const reason of reading?.unread ?? [])
    process.stderr.write(`evenkeel: not verified by the logs: ${visible(reason)}\n`);
  if (!options.json) process.stdout.write(`${tableConclusion(chains)}\n`);
  if (!options.json && reading !== null) process.stdout.write(`${logsConclusion(chains, reading)}\n`);
  const isWhole = brokenIn(chains) === 0 && (reading?.unread ?? []).length === 0;
  process.exitCode = isWhole ? EXIT.done : EXIT.failed;
}

// A local ledger has no home region, and no logs either.
const readLogs = (
  { engine, home, table }: CommandRun,
  { stack = DEFAULT_STACK }: CommonOptions,
): Promise<LoggedAnchors> => loggedAnchors(engine.aws(home ?? ''), stack, table);

type Chains = ReadonlyMap<string, Verified>;

const jsonLine = (resource: string, { links, errors, logged }: Verified): string => {
  const anchors = logged === null ? {} : { anchored: logged.anchored, unanchored: logged.unanchored };
  return `${visibleJson(JSON.stringify({ resource, entries: links.length, errors, ...anchors }))}\n`;
};

const textLines = (key: string, { errors, logged }: Verified): string =>
  [
    ...errors,
    ...(logged?.unanchored ?? []).map(({ remediationId, reason }) => `${remediationId} is not in the logs: ${reason}`),
  ]
    .map((line) => `${visible(key)}: ${visible(line)}\n`)
    .join('');

const brokenIn = (chains: Chains): number => [...chains.values()].filter(({ errors }) => errors.length > 0).length;

const recordsOf = ({ evidence, links }: Verified): ReadonlySet<string> =>
  new Set([...evidence.keys(), ...links.map(({ remediationId }) => remediationId)]);

const sum = (chains: Chains, of: (chain: Verified) => number): number =>
  [...chains.values()].reduce((total, chain) => total + of(chain), 0);

function tableConclusion(chains: Chains): string {
  const broken = brokenIn(chains);
  const conclusion = broken === 0 ? 'intact' : `${counted(broken, 'chain is', 'chains are')} broken`;
  const records = sum(chains, (chain) => recordsOf(chain).size);
  return `${counted(chains.size, 'chain')}, ${counted(records, 'record')}: ${conclusion}`;
}

/** Only what the logs confirm up to its end counts as confirmed. */
function logsConclusion(chains: Chains, { since, unread }: LoggedAnchors): string {
  const left = sum(chains, ({ logged }) => logged?.unanchored.length ?? 0);
  const confirmed = sum(chains, (chain) =>
    chain.errors.length > 0 ? 0 : recordsOf(chain).size - (chain.logged?.unanchored.length ?? 0),
  );
  const reach = since === null ? 'the logs hold no entry' : `the logs reach back to ${new Date(since).toISOString()}`;
  const whole = unread.length === 0 ? '' : ', and were not all read';
  return `${counted(confirmed, 'record')} confirmed by the logs, ${left} not in the logs; ${reach}${whole}`;
}

/** Reads the chains twice where there are errors: a record that was being written at the first read is complete at the second. */
async function verifiedChains(ledger: Ledger, reading: AnchorReading | null): Promise<Chains> {
  const first = verified(await ledger.chains(), reading);
  if (brokenIn(first) === 0) return first;
  const second = verified(await ledger.chains(), reading);
  return new Map(
    [...second].map(([key, chain]) => {
      const before = new Set(first.get(key)?.errors);
      return [key, { ...chain, errors: chain.errors.filter((error) => before.has(error)) }];
    }),
  );
}

const NO_CHAIN: ProvenChain = { head: START, links: [], evidence: new Map() };

/** Every chain of the ledger, and of resources that only the logs know. */
function verified(chains: ReadonlyMap<string, ProvenChain>, reading: AnchorReading | null): Chains {
  const anchors = Map.groupBy(reading?.anchors ?? [], ({ resource }) => resource);
  return new Map(
    [...new Set([...chains.keys(), ...anchors.keys()])].sort().map((key) => {
      const chain = chains.get(key) ?? NO_CHAIN;
      const logged = reading === null ? null : anchoring(chain, anchors.get(key) ?? [], reading);
      const errors = [...evidenceErrors(chain.head, chain.links, chain.evidence), ...(logged?.errors ?? [])];
      return [key, { ...chain, errors, logged }];
    }),
  );
}

const counted = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
