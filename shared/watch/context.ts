import type { Engine } from '../engine/context.ts';
import type { RegionMetric } from '../lambda/metrics.ts';

/** All that the watch function needs of the world. */
export interface Watching {
  readonly engine: Engine;
  /** The region of the function, of the ledger and of the bus that all changes go to. */
  readonly home: string;
  readonly accountId: string;
  /** The stack of the deployment, which the names of its queues begin with. */
  readonly stack: string;
  /** The ledger's table and the notices' topic, where the environment names them. */
  readonly table: string | undefined;
  readonly topicArn: string | undefined;
  /** The services with an enabled control, which are swept. */
  readonly services: readonly string[];
  /** Publishes a number of a region, as it is now. */
  measure(name: RegionMetric, region: string, value: number): void;
  /** Notes a trouble that does not end the run. */
  log(error: unknown, what: string): void;
}
