import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { RECHECK_DETAIL_TYPE } from '../engine/changes.ts';
import { dailyDuties } from '../engine/duties.ts';
import { messageOf } from '../engine/errors.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { sendEvents } from './bus.ts';
import { engineFromEnvironment } from './environment.ts';

/** The Lambda handler of the daily duties; what wants another look comes in again through the front door, as an event. */
export function createWatchHandler(policy: PolicyDocument) {
  const logger = new Logger();
  const region = process.env.AWS_REGION ?? '';
  const engine = engineFromEnvironment(policy, (text) => logger.info(text));

  async function watch(): Promise<{ readonly rechecks: number }> {
    const { rechecks, errors } = await dailyDuties(engine);
    const events = rechecks.map(({ service, ref }) => ({
      detailType: RECHECK_DETAIL_TYPE,
      detail: { service, ...ref },
    }));
    await sendEvents(engine.aws(region), events);
    for (const { controlId, ref, reason } of rechecks) logger.info(`${controlId} ${ref.resourceId}: ${reason}`);
    if (errors.length > 0) throw new AggregateError(errors, errors.map(messageOf).join('; '));
    return { rechecks: rechecks.length };
  }

  return middy(watch).use(injectLambdaContext(logger, { resetKeys: true }));
}
