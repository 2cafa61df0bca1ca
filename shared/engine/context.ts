import type { Attribution } from '../attribution.ts';
import type { AnyControl, AnyResource, Mode } from '../control.ts';
import type { InternalMessage } from '../internal-events.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { Policy } from '../policy/policy.ts';
import type { Aws, ResourceRef } from '../resource.ts';

/** Time, as the engine sees it. */
export interface Clock {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** All that reconciling needs of the world. */
export interface Engine {
  aws(region: string): Aws;
  readonly ledger: Ledger;
  readonly notifier: Notifier;
  readonly policy: Policy;
  readonly clock: Clock;
  /** The version of this code; in every record. */
  readonly codeVersion: string;
  /** No control acts above this mode, whatever the policy says. */
  readonly ceiling: Mode;
  /** Sends messages of our own to the queues of their domains. The command has none: its next run looks again. */
  send(messages: readonly InternalMessage[]): Promise<void>;
}

/** A resource to look at, and the controls whose verdict can have changed. */
export interface Subject {
  readonly resource: AnyResource;
  readonly ref: ResourceRef;
  readonly controls: readonly AnyControl[];
  /** All controls of the resource that we have: while we are its only writer, others may ask us for a look by any of them. `controls` where nothing is said. */
  readonly siblings?: readonly AnyControl[];
  /** Facets that a listing has just read. */
  readonly known?: Readonly<Record<string, unknown>>;
}

/** Why we look; carried into records and notices, never into a decision. */
export interface Cause {
  readonly eventId: string | null;
  readonly eventName: string | null;
  /** When the change was made, ISO 8601. */
  readonly eventTime: string | null;
  readonly receivedAt: string;
  readonly attribution: Attribution | null;
}
