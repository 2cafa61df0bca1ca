import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { cachingReads } from '../aws/caching-clients.ts';
import { awsClients } from '../aws/clients.ts';
import type { Mode } from '../control.ts';
import type { Engine } from '../engine/context.ts';
import { notifierFromEnvironment } from '../lambda/environment.ts';
import { codeVersion } from '../lambda/version.ts';
import { type Ledger, readOnly } from '../ledger/ledger.ts';
import { consoleNotifier } from '../notify/console.ts';
import { atLeast, silent } from '../notify/notifier.ts';
import type { Policy } from '../policy/policy.ts';
import { systemClock } from '../time.ts';
import { type ChosenLedger, ledgerOf } from './ledger.ts';
import { type CommonOptions, homeRegion, type RunOptions, requiredRegion } from './options.ts';
import { policyOf, policyOrDetect } from './policy.ts';

/** The account and region to use where an event names none. */
export interface Home {
  readonly accountId: string;
  readonly region: string;
}

/** A run of the command: what it works with. */
export interface CommandRun {
  readonly engine: Engine;
  readonly ledger: Pick<ChosenLedger, 'source' | 'home'>;
}

/** The engine of the subcommands that act on resources by what the ledger holds. Throws PolicyError for an invalid policy, and as `ledgerOf`. */
export async function actingEngine(options: CommonOptions): Promise<Engine> {
  const { policy } = policyOf(options);
  return (await runOf({ ...options, mode: 'remediate' }, policy)).engine;
}

/** The engine of the subcommands that only use the ledger: an invalid policy does not stop them, it is reported on stderr. Throws as `ledgerOf`. */
export async function ledgerEngine(options: CommonOptions): Promise<Engine> {
  const { policy, error } = policyOrDetect(options);
  if (error !== null) process.stderr.write(`evenkeel: continuing without the policy: ${error}\n`);
  return (await runOf({ ...options, mode: 'remediate' }, policy)).engine;
}

/** The engine of the command, with the ledger that it found. In mode detect it reads the ledger and writes nothing. Throws as `ledgerOf`. */
export async function runOf(
  { mode, stack }: Pick<RunOptions, 'mode'> & Pick<CommonOptions, 'stack'>,
  policy: Policy,
): Promise<CommandRun> {
  const aws = awsClients();
  const isDryRun = mode === 'detect';
  const found = await ledgerOf(aws, { ...(stack === undefined ? {} : { stack }), isDryRun });
  const engine = engineWith(found.ledger, mode, policy, aws);
  return { engine: found.home === null ? engine : { ...engine, home: found.home }, ledger: found };
}

/** The engine of the command with this ledger. */
export function engineWith(ledger: Ledger, mode: Mode, policy: Policy, aws = awsClients()): Engine {
  const isDryRun = mode === 'detect';
  const printer = consoleNotifier((text) => process.stderr.write(text));
  return {
    aws: isDryRun ? cachingReads(aws) : aws,
    ledger: isDryRun ? readOnly(ledger) : ledger,
    notifier: isDryRun ? silent : atLeast(policy.minimumSeverity, notifierFromEnvironment(aws, homeRegion(), printer)),
    policy,
    home: homeRegion(),
    codeVersion,
    clock: systemClock,
    ceiling: mode,
    // The command has no queues: rechecks are made by its next run, or by the schedule of a deployment.
    send: async () => {},
  };
}

/** The credentials in use, for the header of a run that has not asked AWS for the account. */
export const credentialsName = (): string =>
  process.env.AWS_PROFILE ? `profile ${process.env.AWS_PROFILE}` : 'default credentials';

/** Asks AWS for the caller's account, in the default region or `otherwise`. Throws UsageError without a region, the SDK's error without credentials. */
export async function home(aws: Engine['aws'], otherwise = ''): Promise<Home> {
  const region = requiredRegion(otherwise);
  const { Account = '' } = await aws(region)(STSClient).send(new GetCallerIdentityCommand({}));
  return { accountId: Account, region };
}
