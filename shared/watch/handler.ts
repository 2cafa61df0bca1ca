import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { DEFAULT_STACK } from '../doctor/deployment.ts';
import { messageOf } from '../engine/errors.ts';
import { perMessage } from '../lambda/batch.ts';
import { engineFromEnvironment } from '../lambda/environment.ts';
import { emitter } from '../lambda/metrics.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import type { Watching } from './context.ts';
import { type Watched, watchOver } from './dispatch.ts';

/** The Lambda handler of the schedules and the heartbeats: it takes its queue's messages, and what somebody invokes it with. `services` are those that have a function which sweeps. */
export function createWatchHandler(policy: PolicyDocument, services: readonly string[]) {
  const logger = new Logger();
  const emit = emitter(new Metrics());
  const { AWS_REGION: home = '', AWS_LAMBDA_FUNCTION_NAME: name } = process.env;
  const watching: Omit<Watching, 'accountId'> = {
    engine: engineFromEnvironment(policy, (text) => logger.info(text)),
    home,
    stack: name?.replace(/-watch$/, '') ?? DEFAULT_STACK,
    services,
    table: process.env.EVENKEEL_TABLE,
    topicArn: process.env.EVENKEEL_TOPIC_ARN,
    measure: (metric, region, value) => emit(metric, value, { region }),
    log: (error, what) => logger.warn(what, { trouble: messageOf(error) }),
  };

  async function watch(body: unknown, context: Context): Promise<Watched> {
    const [, , , , accountId = ''] = context.invokedFunctionArn.split(':');
    const watched = await watchOver(body, { ...watching, accountId });
    logger.info(watched.duty, { watched });
    return watched;
  }

  const refused = (error: unknown, messageId: string) =>
    logger.error(`comes again: ${messageOf(error)}`, { messageId });
  return middy(perMessage(watch, refused)).use(injectLambdaContext(logger, { resetKeys: true }));
}
