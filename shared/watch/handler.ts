import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { parseArn } from '../aws/arn.ts';
import { DEFAULT_STACK } from '../doctor/deployment.ts';
import { messageOf } from '../engine/errors.ts';
import { engineFromEnvironment } from '../lambda/environment.ts';
import { emitter } from '../lambda/metrics.ts';
import { retryWithBackoff } from '../lambda/shorten-visibility.ts';
import { perMessage } from '../lambda/sqs-batch.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import type { Domain } from '../service.ts';
import type { Watching } from './context.ts';
import { type Watched, watchOver } from './dispatch.ts';

/** What the watch function knows of the others. */
export interface WatchOptions {
  readonly policy: PolicyDocument;
  /** The domain whose queue gets the messages for a service. */
  readonly domains: Readonly<Record<string, Domain>>;
  /** The services with an enabled control, which are swept. */
  readonly services: readonly string[];
}

/** The Lambda handler of the schedules and the heartbeats: it works on its queue's messages, and on what somebody invokes it with. */
export function createWatchHandler({ policy, domains, services }: WatchOptions) {
  const logger = new Logger();
  const emit = emitter(new Metrics());
  const { AWS_REGION: home = '', AWS_LAMBDA_FUNCTION_NAME: name } = process.env;
  const watching: Omit<Watching, 'accountId'> = {
    engine: engineFromEnvironment(policy, (text) => logger.info(text), domains),
    home,
    stack: name?.replace(/-watch$/, '') ?? DEFAULT_STACK,
    services,
    table: process.env.EVENKEEL_TABLE,
    topicArn: process.env.EVENKEEL_TOPIC_ARN,
    measure: (metric, region, value) => emit(metric, value, { region }),
    log: (error, what) => logger.warn(what, { trouble: messageOf(error) }),
  };

  async function watch(body: unknown, context: Context): Promise<Watched> {
    const accountId = parseArn(context.invokedFunctionArn)?.accountId ?? '';
    const watched = await watchOver(body, { ...watching, accountId });
    logger.info(watched.duty, { watched });
    return watched;
  }

  return middy(
    perMessage(watch, async (error, message) => {
      const { messageId } = message;
      logger.error(`comes again: ${messageOf(error)}`, { messageId });
      await retryWithBackoff(watching.engine.aws(home), message).catch((refused: unknown) =>
        logger.warn('the message comes again later than it could', { messageId, reason: messageOf(refused) }),
      );
    }),
  ).use(injectLambdaContext(logger, { resetKeys: true }));
}
