import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { AnyControl } from '../control.ts';
import { messageOf, ReconcileFailedError } from '../engine/errors.ts';
import { changesIn } from '../engine/intake/parse-event.ts';
import { reconcileChange } from '../engine/intake/reconcile-change.ts';
import type { SweepSummary } from '../engine/sweep/sweep.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import type { Outcome, Result } from '../result.ts';
import { perMessage } from './batch.ts';
import { engineFromEnvironment } from './environment.ts';
import { emitter } from './metrics.ts';
import { isSweep, sweepFrom } from './sweep.ts';
import { telemetry } from './telemetry.ts';

/** How many results had which outcome. */
type Tally = Partial<Record<Outcome, number>>;

/** The Lambda handler of one service's function: every resource that an event concerns is tried, and one failure fails the event at the end, so that retry and dead-letter queue do their work. */
export function createHandler(controls: readonly AnyControl[], policy: PolicyDocument) {
  const logger = new Logger();
  const engine = engineFromEnvironment(policy, (text) => logger.info(text));
  const { record, recordSweep } = telemetry(logger, emitter(new Metrics()));

  async function reconcileEvent(event: unknown, context: Context): Promise<Tally> {
    const tally: Tally = {};
    const failures: Result[] = [];
    const [, , , home = '', accountId = ''] = context.invokedFunctionArn.split(':');
    const fallback = { accountId, region: home };
    for (const change of changesIn(event)) {
      for (const result of await reconcileChange(change, engine, { controls, fallback, home })) {
        record(result, change.eventTime);
        tally[result.outcome] = (tally[result.outcome] ?? 0) + 1;
        if (result.outcome === 'failed') failures.push(result);
      }
    }
    if (failures.length > 0)
      throw new ReconcileFailedError(
        failures.map(({ resourceId, error }) => `${resourceId ?? 'event'}: ${error}`).join('; '),
      );
    return tally;
  }

  async function work(event: unknown, context: Context): Promise<Tally | SweepSummary> {
    if (!isSweep(event)) return reconcileEvent(event, context);
    const [, , , home = ''] = context.invokedFunctionArn.split(':');
    const summary = await sweepFrom(event, engine, { controls, home, time: context });
    recordSweep(summary);
    return summary;
  }

  const refused = (error: unknown, messageId: string) =>
    logger.error(`comes again: ${messageOf(error)}`, { messageId });
  return middy(perMessage(work, refused)).use(injectLambdaContext(logger, { resetKeys: true }));
}
