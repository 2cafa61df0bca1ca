import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { HaltingGate, Result } from '../engine/outcome.ts';
import type { SweepSummary } from '../engine/sweep.ts';

/** Metrics of stops, of everything together. */
const STOPS: Readonly<Record<HaltingGate, string>> = {
  pause: 'StoppedByPause',
  flap: 'StoppedByFlap',
  breaker: 'StoppedByBreaker',
};

/** Says what a function has done: one structured log line for each result and each slice of a sweep, and the metrics that it counts for. */
export const telemetry = (logger: Logger, metrics: Metrics) => ({
  /** `eventTime`: when the change was made, ISO 8601. */
  record(result: Result, eventTime: string | null): void {
    const { eventId, eventName, controlId, resourceId, outcome, gate } = result;
    const level = outcome === 'failed' ? 'error' : 'info';
    logger[level](`${controlId ?? eventName ?? 'event'} ${resourceId ?? ''}: ${outcome}`, { eventId, result });
    // Each control is a metric of its own, which costs: what was well is counted in one.
    const well = outcome === 'compliant' || outcome === 'notApplicable';
    count(metrics, outcome, well ? null : (controlId ?? 'none'));
    if (gate !== undefined) count(metrics, STOPS[gate], null);
    if (outcome !== 'remediated' || eventTime === null) return;
    for (const control of [null, controlId]) {
      const metric = dimensioned(metrics, control);
      metric.addMetric('TimeToVerified', MetricUnit.Milliseconds, Math.max(0, Date.now() - Date.parse(eventTime)));
    }
  },
  recordSweep(sweep: SweepSummary): void {
    const { service, region, resources, rechecks, dropped } = sweep;
    const did = dropped ?? `${resources} looked at, ${rechecks} to be looked at again`;
    logger.info(`sweep of ${service} in ${region}: ${did}`, { sweep });
    dimensioned(metrics, null).addMetric('SweptResources', MetricUnit.Count, resources);
    dimensioned(metrics, null).addMetric('SweepRechecks', MetricUnit.Count, rechecks);
  },
});

function count(metrics: Metrics, name: string, controlId: string | null): void {
  dimensioned(metrics, controlId).addMetric(name, MetricUnit.Count, 1);
}

/** A metric of its own, of one control or of all. */
function dimensioned(metrics: Metrics, controlId: string | null): Metrics {
  const metric = metrics.singleMetric();
  if (controlId !== null) metric.addDimension('controlId', controlId);
  return metric;
}
