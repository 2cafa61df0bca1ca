import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { AnyControl } from '../control.ts';
import { ReconcileFailedError } from '../engine/errors.ts';
import type { Outcome, Result } from '../engine/outcome.ts';
import { receive } from '../engine/receive.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { engineFromEnvironment } from './environment.ts';

/** How many results had which outcome. */
type Tally = Partial<Record<Outcome, number>>;

/** The Lambda handler of one function: every resource that the event concerns is tried, and one failure fails the invocation at the end, so that retry and dead-letter queue do their work. */
export function createHandler(controls: readonly AnyControl[], policy: PolicyDocument) {
  const logger = new Logger();
  const metrics = new Metrics();
  const engine = engineFromEnvironment(policy, (text) => logger.info(text));

  async function reconcileEvent(event: unknown, context: Context): Promise<Tally> {
    const tally: Tally = {};
    const failures: Result[] = [];
    const [, , , region = '', accountId = ''] = context.invokedFunctionArn.split(':');
    const fallback = { accountId, region };
    for await (const results of receive(event, engine, { controls, fallback })) {
      for (const result of results) {
        record(result, logger, metrics);
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

  return middy(reconcileEvent).use(injectLambdaContext(logger, { resetKeys: true }));
}

/** One structured log line and one metric for each result. */
function record(result: Result, logger: Logger, metrics: Metrics): void {
  const { eventId, eventName, controlId, resourceId, outcome } = result;
  const level = outcome === 'failed' ? 'error' : 'info';
  logger[level](`${controlId ?? eventName ?? 'event'} ${resourceId ?? ''}: ${outcome}`, { eventId, result });
  const metric = metrics.singleMetric();
  metric.addDimension('controlId', controlId ?? 'none');
  metric.addMetric(outcome, MetricUnit.Count, 1);
}
