import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Engine } from '../engine/context.ts';
import { homeRegion } from './options.ts';

/** The ARN of the operator who runs the command; decisions are recorded under it. */
export async function caller(engine: Pick<Engine, 'aws'>): Promise<string> {
  const { Arn = 'unknown' } = await engine.aws(homeRegion())(STSClient).send(new GetCallerIdentityCommand({}));
  return Arn;
}
