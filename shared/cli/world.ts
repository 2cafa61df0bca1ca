import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Engine, systemClock } from '../engine/engine.ts';
import { awsClients } from '../lambda/clients.ts';
import { ledgerFromEnvironment, notifierFromEnvironment } from '../lambda/environment.ts';
import { readOnly } from '../ledger/ledger.ts';
import { consoleNotifier } from '../notify/console.ts';
import { silent } from '../notify/notifier.ts';
import { askingOnce } from './asking-once.ts';
import { UsageError } from './errors.ts';
import { homeRegion, type LookOptions, policyOf } from './options.ts';

/** The account and region that the command works in where nothing else names them. */
export interface Home {
  readonly accountId: string;
  readonly region: string;
}

/** The engine of the command. A dry run reads the ledger and writes nowhere. */
export function engineFor(options: LookOptions): Engine {
  const aws = awsClients();
  const region = process.env.EVENKEEL_TABLE ? neededRegion() : homeRegion();
  const ledger = ledgerFromEnvironment(aws, region);
  const told = consoleNotifier((text) => process.stderr.write(text));
  const dry = options.mode === 'detect';
  return {
    aws: dry ? askingOnce(aws) : aws,
    ledger: dry ? readOnly(ledger) : ledger,
    notifier: dry ? silent : notifierFromEnvironment(aws, region, told),
    policy: policyOf(options),
    clock: systemClock,
    ceiling: options.mode,
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
