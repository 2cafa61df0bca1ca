import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { DEFAULT_STACK } from '../doctor/deployment.ts';
import { messageOf } from '../engine/errors.ts';
import { engineFromEnvironment, ownAccount } from '../lambda/environment.ts';
import { emitter } from '../lambda/metrics.ts';
import { perMessage, retryLater } from '../lambda/sqs-batch.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import type { Domain } from '../service.ts';
import type { WatchContext } from './context.ts';
import { runTask, type TaskResult } from './dispatch.ts';

/** What the watch function has to know of the other functions. */
export interface WatchOptions {
  readonly policy: PolicyDocument;
  /** The domain that serves each service, and whose queue its messages are sent to. */
  readonly domains: Readonly<Record<string, Domain>>;
  /** The services with an enabled control, which are swept. */
  readonly services: readonly string[];
}

/** The Lambda handler of the scheduled tasks and the heartbeats' events, from its queue or by direct invocation. */
export function createWatchHandler({ policy, domains, services }: WatchOptions) {
  const logger = new Logger();
  const emit = emitter(new Metrics());
  const { AWS_REGION: home = '', AWS_LAMBDA_FUNCTION_NAME: name } = process.env;
  const deployment: Omit<WatchContext, 'accountId'> = {
    engine: engineFromEnvironment(policy, (text) => logger.info(text), domains),
    home,
    stack: name?.replace(/-watch$/, '') ?? DEFAULT_STACK,
    services,
    table: process.env.EVENKEEL_TABLE,
    topicArn: process.env.EVENKEEL_TOPIC_ARN,
    measure: (metric, region, value) => emit(metric, value, { region }),
    warn: (message, error) => logger.warn(message, { reason: messageOf(error) }),
  };

  async function watch(body: unknown, context: Context): Promise<TaskResult> {
    const result = await runTask(body, { ...deployment, accountId: ownAccount(context) });
    logger.info(result.task, { result });
    return result;
  }

  return middy(perMessage(watch, retryLater(logger, deployment.engine.aws(home)))).use(
    injectLambdaContext(logger, { resetKeys: true }),
  );
}
