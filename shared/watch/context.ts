import type { Engine } from '../engine/context.ts';
import type { RegionMetric } from '../lambda/metrics.ts';

/** The environment of the watch function. */
export interface WatchContext {
  readonly engine: Engine;
  /** The region of the function, the ledger, and the bus that receives the events of all regions. */
  readonly home: string;
  readonly accountId: string;
  /** The name of the deployment's stack, with which the names of its queues begin. */
  readonly stack: string;
  /** The ledger's table and the topic of notifications, where the environment names them. */
  readonly table: string | undefined;
  readonly topicArn: string | undefined;
  /** The services with an enabled control: those that are swept. */
  readonly services: readonly string[];
  /** Publishes a region's current value of a metric. */
  measure(name: RegionMetric, region: string, value: number): void;
  /** Logs an error that does not fail the task. */
  warn(message: string, error: unknown): void;
}
