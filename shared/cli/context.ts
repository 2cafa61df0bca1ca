import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { cachingReads } from '../aws/caching-clients.ts';
import { awsClients } from '../aws/clients.ts';
import type { Engine } from '../engine/context.ts';
import { ledgerFromEnvironment, notifierFromEnvironment } from '../lambda/environment.ts';
import { codeVersion } from '../lambda/version.ts';
import { readOnly } from '../ledger/ledger.ts';
import { consoleNotifier } from '../notify/console.ts';
import { atLeast, silent } from '../notify/notifier.ts';
import type { Policy } from '../policy/policy.ts';
import { systemClock } from '../time.ts';
import { UsageError } from './errors.ts';
import { type CommonOptions, homeRegion, type RunOptions } from './options.ts';
import { policyOf, policyOrDetect } from './policy.ts';

/** The account and region to use where an event names none. */
export interface Home {
  readonly accountId: string;
  readonly region: string;
}

/** The engine of the subcommands that act on resources by what the ledger holds. Throws UsageError without a ledger, PolicyError for an invalid policy. */
export function actingEngine(options: CommonOptions): Engine {
  assertLedger();
  return engineFor({ ...options, mode: 'remediate' }, policyOf(options).policy);
}

/** The engine of the subcommands that only use the ledger: an invalid policy does not stop them, it is reported on stderr. Throws UsageError without a ledger. */
export function ledgerEngine(options: CommonOptions): Engine {
  assertLedger();
  const { policy, error } = policyOrDetect(options);
  if (error !== null) process.stderr.write(`evenkeel: continuing without the policy: ${error}\n`);
  return engineFor({ mode: 'remediate' }, policy);
}

function assertLedger(): void {
  if (!process.env.EVENKEEL_TABLE)
    throw new UsageError("this subcommand needs the ledger: set EVENKEEL_TABLE to the stack's output LedgerTable");
}

/** The engine of the command. In mode detect it reads the ledger and writes nothing. */
export function engineFor({ mode }: Pick<RunOptions, 'mode'>, policy: Policy): Engine {
  const aws = awsClients();
  const region = process.env.EVENKEEL_TABLE ? requiredRegion() : homeRegion();
  const ledger = ledgerFromEnvironment(aws, region);
  const printer = consoleNotifier((text) => process.stderr.write(text));
  const isDryRun = mode === 'detect';
  return {
    aws: isDryRun ? cachingReads(aws) : aws,
    ledger: isDryRun ? readOnly(ledger) : ledger,
    notifier: isDryRun ? silent : atLeast(policy.minimumSeverity, notifierFromEnvironment(aws, region, printer)),
    policy,
    codeVersion,
    clock: systemClock,
    ceiling: mode,
    // The command has no queues: rechecks are made by its next run, or by the schedule of a deployment.
    send: async () => {},
  };
}

/** The ledger in use, for the header of a run. */
export const ledgerName = (): string =>
  process.env.EVENKEEL_TABLE ? `ledger ${process.env.EVENKEEL_TABLE}` : 'ledger in memory';

/** The credentials in use, for the header of a run that has not asked AWS for the account. */
export const credentialsName = (): string =>
  process.env.AWS_PROFILE ? `profile ${process.env.AWS_PROFILE}` : 'default credentials';

/** The default region, or `otherwise`. Throws UsageError where there is neither. */
export function requiredRegion(otherwise = ''): string {
  const region = homeRegion() || otherwise;
  if (region === '') throw new UsageError('no region: give --region, or set AWS_REGION');
  return region;
}

/** Asks AWS for the caller's account, in the default region or `otherwise`. Throws UsageError without a region, the SDK's error without credentials. */
export async function home(aws: Engine['aws'], otherwise = ''): Promise<Home> {
  const region = requiredRegion(otherwise);
  const { Account = '' } = await aws(region)(STSClient).send(new GetCallerIdentityCommand({}));
  return { accountId: Account, region };
}
