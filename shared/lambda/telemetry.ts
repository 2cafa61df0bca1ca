import type { Logger } from '@aws-lambda-powertools/logger';
import type { SweepSummary } from '../engine/sweep/sweep.ts';
import type { HaltingGate, Result } from '../result.ts';
import type { Clock } from '../time.ts';
import type { Emit, MetricName } from './metrics.ts';

/** Metrics of halted remediations, over all controls. */
const STOPS = {
  pause: 'StoppedByPause',
  flap: 'StoppedByFlap',
  breaker: 'StoppedByBreaker',
} as const satisfies Readonly<Record<HaltingGate, MetricName>>;

/** Logs one structured line and publishes metrics for each result and each slice of a sweep. */
export const telemetry = (logger: Logger, emit: Emit, clock: Clock) => ({
  /** `eventTime`: when the change was made, ISO 8601. */
  record(result: Result, eventTime: string | null): void {
    const { eventId, eventName, controlId, resourceId, outcome, gate } = result;
    const level = outcome === 'failed' ? 'error' : 'info';
    logger[level](`${controlId ?? eventName ?? 'event'} ${resourceId ?? ''}: ${outcome}`, { eventId, result });
    const which = { controlId: controlId ?? 'none' };
    if (outcome === 'compliant' || outcome === 'notApplicable') emit(outcome, 1);
    else emit(outcome, 1, which);
    if (gate !== undefined) emit(STOPS[gate], 1);
    if (outcome === 'remediated' && eventTime !== null)
      emit('TimeToVerified', Math.max(0, clock.now().getTime() - Date.parse(eventTime)), which);
  },
  recordSweep(sweep: SweepSummary): void {
    const { service, region, resources, rechecks, dropped, denied } = sweep;
    const did = dropped ?? `${resources} evaluated, ${rechecks} sent for a recheck`;
    logger.info(`sweep of ${service} in ${region}: ${did}`, { sweep });
    for (const one of denied) logger.warn(one);
    emit('SweptResources', resources);
    emit('SweepRechecks', rechecks);
  },
});
