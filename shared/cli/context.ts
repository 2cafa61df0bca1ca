import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { cachingReads } from '../aws/caching-clients.ts';
import { awsClients } from '../aws/clients.ts';
import type { Engine } from '../engine/context.ts';
import { ledgerFromEnvironment, notifierFromEnvironment } from '../lambda/environment.ts';
import { codeVersion } from '../lambda/version.ts';
import { readOnly } from '../ledger/ledger.ts';
import { consoleNotifier } from '../notify/console.ts';
import { atLeast, silent } from '../notify/notifier.ts';
import { systemClock } from '../time.ts';
import { UsageError } from './errors.ts';
import { type CommonOptions, homeRegion, type LookOptions, policyOf } from './options.ts';

/** The account and region that the command works in where nothing else names them. */
export interface Home {
  readonly accountId: string;
  readonly region: string;
}

/** The engine of the subcommands that are about the ledger: nothing without one. Throws UsageError where there is none. */
export function lastingEngine(options: CommonOptions): Engine {
  if (!process.env.EVENKEEL_TABLE)
    throw new UsageError('this is about the ledger: set EVENKEEL_TABLE to its table (see the outputs of the stack)');
  return engineFor({ ...options, mode: 'remediate' });
}

/** The engine of the command. A dry run reads the ledger and writes nowhere. */
export function engineFor(options: CommonOptions & Pick<LookOptions, 'mode'>): Engine {
  const aws = awsClients();
  const region = process.env.EVENKEEL_TABLE ? neededRegion() : homeRegion();
  const ledger = ledgerFromEnvironment(aws, region);
  const told = consoleNotifier((text) => process.stderr.write(text));
  const dry = options.mode === 'detect';
  const policy = policyOf(options);
  return {
    aws: dry ? cachingReads(aws) : aws,
    ledger: dry ? readOnly(ledger) : ledger,
    notifier: dry ? silent : atLeast(policy.minimumSeverity, notifierFromEnvironment(aws, region, told)),
    policy,
    codeVersion,
    clock: systemClock,
    ceiling: options.mode,
    // The command has no queues: its next run looks again, or the schedule of a deployment.
    send: async () => {},
  };
}

/** The region for what has none of its own. Throws UsageError where none is known. */
export function neededRegion(): string {
  const region = homeRegion();
  if (region === '') throw new UsageError('no region: give --region, or set AWS_REGION');
  return region;
}

/** Asks AWS who we are. Throws UsageError without a region; the SDK's own error without credentials. */
export async function home(aws: Engine['aws']): Promise<Home> {
  const region = neededRegion();
  const { Account = '' } = await aws(region)(STSClient).send(new GetCallerIdentityCommand({}));
  return { accountId: Account, region };
}
