import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { isAccountId } from '../aws/account-id.ts';
import type { Engine } from '../engine/context.ts';
import { requiredRegion } from './options.ts';

/** Who runs the command, as AWS says. */
export interface Caller {
  readonly accountId: string;
  /** Decisions are recorded under it. */
  readonly arn: string;
}

/** Asks AWS who the caller is, in the default region or `otherwise`. Throws UsageError without a region, the SDK's error without credentials, an Error where the answer names no account. */
export async function callerOf(aws: Engine['aws'], otherwise = ''): Promise<Caller> {
  const region = requiredRegion(otherwise);
  const { Account = '', Arn = 'unknown' } = await aws(region)(STSClient).send(new GetCallerIdentityCommand({}));
  if (!isAccountId(Account)) throw new Error('AWS did not say which account this is');
  return { accountId: Account, arn: Arn };
}
