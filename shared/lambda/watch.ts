import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import middy from '@middy/core';
import { RECHECK_DETAIL_TYPE, RECHECK_SOURCE } from '../engine/changes.ts';
import { dailyDuties, type Recheck } from '../engine/duties.ts';
import { messageOf } from '../engine/errors.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import type { Aws } from '../resource.ts';
import { engineFromEnvironment } from './environment.ts';

/** PutEvents takes so many at once. */
const BATCH = 10;

/** The Lambda handler of the daily duties; what wants another look comes in again through the front door, as an event. */
export function createWatchHandler(policy: PolicyDocument) {
  const logger = new Logger();
  const region = process.env.AWS_REGION ?? '';
  const engine = engineFromEnvironment(policy, (text) => logger.info(text));

  async function watch(): Promise<{ readonly rechecks: number }> {
    const { rechecks, errors } = await dailyDuties(engine);
    await recheck(rechecks, engine.aws(region));
    for (const { controlId, ref, reason } of rechecks) logger.info(`${controlId} ${ref.resourceId}: ${reason}`);
    if (errors.length > 0) throw new AggregateError(errors, errors.map(messageOf).join('; '));
    return { rechecks: rechecks.length };
  }

  return middy(watch).use(injectLambdaContext(logger, { resetKeys: true }));
}

/** Sends rechecks to the default event bus. Throws where EventBridge takes one not. */
async function recheck(rechecks: readonly Recheck[], aws: Aws): Promise<void> {
  for (let start = 0; start < rechecks.length; start += BATCH) {
    const Entries = rechecks.slice(start, start + BATCH).map(({ service, ref }) => ({
      Source: RECHECK_SOURCE,
      DetailType: RECHECK_DETAIL_TYPE,
      Detail: JSON.stringify({ service, ...ref }),
    }));
    const { FailedEntryCount = 0 } = await aws(EventBridgeClient).send(new PutEventsCommand({ Entries }));
    if (FailedEntryCount > 0) throw new Error(`EventBridge refused ${FailedEntryCount} rechecks`);
  }
}
