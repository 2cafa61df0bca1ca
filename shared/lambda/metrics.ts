import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { MetricUnit as Unit } from '@aws-lambda-powertools/metrics/types';

/** The dimensions that a metric is published by. Each value of each is a metric of its own, which costs. */
type By = 'all' | 'controlId' | 'region';

interface Spec {
  readonly unit: Unit;
  /** Once for each of these: CloudWatch adds nothing up by itself. */
  readonly by: readonly By[];
  /** By region only from this value on: 17 healthy regions would be most of the bill. */
  readonly regionFrom?: number;
}

const { Count, Milliseconds, Seconds } = MetricUnit;

/** All metrics; dashboard and alarms read these and no others. Those in lower case are outcomes. */
export const METRICS = {
  // Healthy outcomes are not counted by control: each metric costs.
  compliant: { unit: Count, by: ['all'] },
  notApplicable: { unit: Count, by: ['all'] },
  detected: { unit: Count, by: ['controlId'] },
  exempted: { unit: Count, by: ['controlId'] },
  awaitingApproval: { unit: Count, by: ['controlId'] },
  pending: { unit: Count, by: ['controlId'] },
  remediated: { unit: Count, by: ['controlId'] },
  halted: { unit: Count, by: ['controlId'] },
  blocked: { unit: Count, by: ['controlId'] },
  failed: { unit: Count, by: ['controlId'] },
  /** From the call that made the drift to the read that found it remediated. */
  TimeToVerified: { unit: Milliseconds, by: ['all', 'controlId'] },
  StoppedByPause: { unit: Count, by: ['all'] },
  StoppedByFlap: { unit: Count, by: ['all'] },
  StoppedByBreaker: { unit: Count, by: ['all'] },
  SweptResources: { unit: Count, by: ['all'] },
  SweepRechecks: { unit: Count, by: ['all'] },
  /** 1 where a region's changes do not arrive, else 0: with every beat. */
  HeartbeatMissed: { unit: Count, by: ['all', 'region'], regionFrom: 1 },
  /** From the call of a heartbeat to its event. */
  HeartbeatDelay: { unit: Seconds, by: ['all', 'region'], regionFrom: 300 },
  /** Messages in the region's queue of failed events, as they are now. */
  UnforwardedEvents: { unit: Count, by: ['all', 'region'], regionFrom: 1 },
  SlackPosted: { unit: Count, by: ['all'] },
  SlackFailed: { unit: Count, by: ['all'] },
  TeamsPosted: { unit: Count, by: ['all'] },
  TeamsFailed: { unit: Count, by: ['all'] },
  /** Alerts that were triggered or resolved; few messages lead to one. */
  PagerDutyPosted: { unit: Count, by: ['all'] },
  PagerDutyFailed: { unit: Count, by: ['all'] },
} as const satisfies Readonly<Record<string, Spec>>;

export type MetricName = keyof typeof METRICS;

/** The metrics that are published for each of something. */
type Of<B extends By> = {
  [Name in MetricName]: B extends (typeof METRICS)[Name]['by'][number] ? Name : never;
}[MetricName];
export type RegionMetric = Of<'region'>;

/** The value of the dimension: which control, which region. */
type Which<Name extends MetricName> =
  Name extends Of<'controlId'>
    ? readonly [{ readonly controlId: string }]
    : Name extends RegionMetric
      ? readonly [{ readonly region: string }]
      : readonly [];

/** Publishes one value of a metric, once for each of its dimensions. */
export type Emit = <Name extends MetricName>(name: Name, value: number, ...which: Which<Name>) => void;

/** Publishes through the function's log, in CloudWatch's embedded metric format. */
export const emitter =
  (metrics: Metrics): Emit =>
  (name, value, ...[which]) => {
    const { unit, by, regionFrom = 0 }: Spec = METRICS[name];
    for (const one of by) {
      if (one === 'region' && value < regionFrom) continue;
      const metric = metrics.singleMetric();
      if (one !== 'all') metric.addDimension(one, (which as Readonly<Record<string, string>> | undefined)?.[one] ?? '');
      metric.addMetric(name, unit, value);
    }
  };
