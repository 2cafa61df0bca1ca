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
import { type CommonOptions, homeRegion, type LookOptions } from './options.ts';
import { policyOf, policyOrDetect } from './policy.ts';

/** The account and region that the command works in where nothing else names them. */
export interface Home {
  readonly accountId: string;
  readonly region: string;
}

/** The engine of the subcommands that act by the ledger: nothing without one. Throws UsageError where there is none, or where the policy does not hold. */
export function lastingEngine(options: CommonOptions): Engine {
  assertLedger();
  return engineFor({ ...options, mode: 'remediate' }, policyOf(options).policy);
}

/** The engine of the subcommands that brake or read and act on no resource: a policy that is broken does not stop them, and stderr says what is wrong with it. Throws UsageError where there is no ledger. */
export function ledgerEngine(options: CommonOptions): Engine {
  assertLedger();
  const { policy, error } = policyOrDetect(options);
  if (error !== null) process.stderr.write(`evenkeel: goes on without the policy: ${error}\n`);
  return engineFor({ mode: 'remediate' }, policy);
}

function assertLedger(): void {
  if (!process.env.EVENKEEL_TABLE)
    throw new UsageError('this is about the ledger: set EVENKEEL_TABLE to its table (see the outputs of the stack)');
}

/** The engine of the command. A dry run reads the ledger and writes nowhere. */
export function engineFor({ mode }: Pick<LookOptions, 'mode'>, policy: Policy): Engine {
  const aws = awsClients();
  const region = process.env.EVENKEEL_TABLE ? neededRegion() : homeRegion();
  const ledger = ledgerFromEnvironment(aws, region);
  const told = consoleNotifier((text) => process.stderr.write(text));
  const dry = mode === 'detect';
  return {
    aws: dry ? cachingReads(aws) : aws,
    ledger: dry ? readOnly(ledger) : ledger,
    notifier: dry ? silent : atLeast(policy.minimumSeverity, notifierFromEnvironment(aws, region, told)),
    policy,
    codeVersion,
    clock: systemClock,
    ceiling: mode,
    // The command has no queues: its next run looks again, or the schedule of a deployment.
    send: async () => {},
  };
}

/** Which ledger the engine of the command has. */
export const ledgerInWords = (): string =>
  process.env.EVENKEEL_TABLE ? `ledger ${process.env.EVENKEEL_TABLE}` : 'ledger in memory';

/** Whose credentials are taken, where nobody has asked AWS for the account. */
export const credentialsInWords = (): string =>
  process.env.AWS_PROFILE ? `profile ${process.env.AWS_PROFILE}` : 'default credentials';

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
