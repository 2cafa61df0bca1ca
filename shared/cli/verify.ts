import { Command } from 'commander';
import { visible, visibleJson } from '../text.ts';
import { ledgerRun } from './context.ts';
import { EXIT } from './errors.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';
import {
  brokenIn,
  logsConclusion,
  readLogs,
  tableConclusion,
  type Verified,
  verifiedChains,
} from './verified-chains.ts';

interface VerifyOptions extends CommonOptions {
  readonly logs?: boolean;
}

export const verifyCommand = () =>
  withCommonOptions(new Command('verify'))
    .description('Verify that no record was altered or removed: the records of each resource form a hash chain.')
    .option('--logs', "compare with the entries in the deployment's logs, which write access to the table cannot alter")
    .action(verify);

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
