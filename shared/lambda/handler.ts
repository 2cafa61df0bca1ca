import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Detection } from '../detection.ts';
import type { Delivery } from '../engine/context.ts';
import { ReconcileFailedError } from '../engine/errors.ts';
import { changesIn } from '../engine/intake/parse-event.ts';
import { reconcileChange } from '../engine/intake/reconcile-change.ts';
import type { SweepSummary } from '../engine/sweep/sweep.ts';
import { field, type JsonObject } from '../event.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import type { Outcome, Result } from '../result.ts';
import type { Domain } from '../service.ts';
import { deployedAs, engineFromEnvironment, ownAccount } from './environment.ts';
import { emitter } from './metrics.ts';
import { earlyMessage, isDecision } from './send-messages.ts';
import { concernedBy, controlsOf, type ServiceEntry, serviceOfControl } from './service-table.ts';
import { perMessage, retryLater } from './sqs-batch.ts';
import { isSweep, sweepFrom } from './sweep.ts';
import { telemetry } from './telemetry.ts';

/** How many results had which outcome. */
type Tally = Partial<Record<Outcome, number>>;

/** What a domain's function serves. */
export interface Served {
  readonly services: readonly ServiceEntry[];
  readonly detections: readonly Detection[];
  readonly policy: PolicyDocument;
}

/** The Lambda handler of a domain's function. An event loads the controls and clients of the services that it can concern, and no others. Every resource that it concerns is reconciled; one failure fails the event at the end, so that it is retried and ends in the dead-letter queue. */
export function createHandler({ services, detections, policy }: Served) {
  const logger = new Logger();
  const { AWS_REGION: home = '', AWS_LAMBDA_FUNCTION_NAME: functionName = '' } = process.env;
  const domain = deployedAs(functionName).name as Domain;
  const domains = Object.fromEntries(services.map(({ id }) => [id, domain]));
  const engine = engineFromEnvironment(policy, (text) => logger.info(text), domains);
  const { record, recordSweep } = telemetry(logger, emitter(new Metrics()), engine.clock);

  async function reconcileEvent(event: unknown, context: Context, delivery: Delivery): Promise<Tally> {
    const tally: Tally = {};
    const failures: Result[] = [];
    const accountId = ownAccount(context);
    const fallback = { accountId, region: home };
    for (const change of changesIn(event)) {
      const controls = await controlsOf(concernedBy(change, services));
      for (const result of await reconcileChange(change, engine, { controls, detections, fallback, home, delivery })) {
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

  async function sweep(event: JsonObject, time: Context): Promise<SweepSummary> {
    const service = field(event.detail, 'service');
    const accountId = ownAccount(time);
    const controls = await controlsOf(services.filter(({ id }) => id === service));
    const summary = await sweepFrom(event, engine, { controls, home, accountId, time });
    recordSweep(summary);
    return summary;
  }

  async function decideEvent(
    event: JsonObject,
    context: Context,
    delivery: Delivery,
  ): Promise<{ readonly decided: true }> {
    // Only a person's decision needs it.
    const { carryOut } = await import('./decisions.ts');
    await carryOut(event, delivery, {
      engine,
      aws: engine.aws(home),
      accountId: ownAccount(context),
      table: process.env.EVENKEEL_TABLE ?? '',
      logger,
      controlsOf: async (controlId) =>
        controlsOf([serviceOfControl(controlId, services)].filter((one) => one !== undefined)),
    });
    return { decided: true };
  }

  async function work(
    event: unknown,
    context: Context,
    delivery: Delivery,
  ): Promise<Tally | SweepSummary | { readonly early: true } | { readonly decided: true }> {
    const early = earlyMessage(event, engine.clock.now().getTime());
    if (early === null && isDecision(event)) return decideEvent(event, context, delivery);
    if (early === null) return isSweep(event) ? sweep(event, context) : reconcileEvent(event, context, delivery);
    await engine.send([early]);
    return { early: true };
  }

  return middy(perMessage(work, retryLater(logger, engine.aws(home)))).use(
    injectLambdaContext(logger, { resetKeys: true }),
  );
}
