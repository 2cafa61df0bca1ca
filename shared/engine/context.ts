import type { Attribution } from '../attribution.ts';
import type { AnyControl, AnyResource, Mode } from '../control.ts';
import type { InternalMessage } from '../internal-events.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Notifier } from '../notify/notifier.ts';
import type { OutcomeEvent } from '../notify/outcome.ts';
import type { Policy } from '../policy/policy.ts';
import type { Aws, ResourceRef } from '../resource.ts';
import type { Clock } from '../time.ts';

/** All that the engine needs from outside. */
export interface Engine {
  aws(region: string): Aws;
  /** Clients for regional facets, whose answers a sweep keeps for as long as it goes on. */
  regionalAws?(region: string): Aws;
  readonly ledger: Ledger;
  readonly notifier: Notifier;
  readonly policy: Policy;
  readonly clock: Clock;
  /** The home region of the deployment, without one that of the command; where what belongs to no region is set up. */
  readonly home?: string;
  /** The version of this code; in every record. */
  readonly codeVersion: string;
  /** No control acts above this mode, whatever the policy says. */
  readonly ceiling: Mode;
  /** Says of each drift what would become of it, by the policy and every gate, and does nothing. */
  readonly planOnly?: boolean;
  /** Sends our own messages to the queues of their domains. The command has none: its next run re-evaluates. */
  send(messages: readonly InternalMessage[]): Promise<void>;
  /** Sends outcomes on to whoever follows each of them; absent where nobody does. Throws where one was not taken. */
  sendOutcomes?(outcomes: readonly OutcomeEvent[]): Promise<void>;
}

/** A resource to evaluate, and the controls whose result may have changed. */
export interface Subject {
  readonly resource: AnyResource;
  readonly ref: ResourceRef;
  readonly controls: readonly AnyControl[];
  /** All known controls of the resource: while we hold its lease, other runs may ask us to evaluate any of them, and their gates hold for its elements. Defaults to `controls`. */
  readonly siblings?: readonly AnyControl[];
  /** Facets that a listing has just read. */
  readonly known?: Readonly<Record<string, unknown>>;
}

/** How an event came to us: how often, and whether a failure now is final. */
export interface Delivery {
  readonly receiveCount: number;
  readonly isLastTry: boolean;
}

/** Why a resource is evaluated; carried into records and notifications, never into a decision. */
export interface Cause {
  readonly eventId: string | null;
  readonly eventName: string | null;
  /** When the change was made, ISO 8601. */
  readonly eventTime: string | null;
  readonly receivedAt: string;
  readonly attribution: Attribution | null;
  /** A person asks: what is blocked is retried at once. */
  readonly byPerson?: boolean;
  /** Which try of the event this is; absent: the only one. */
  readonly delivery?: Delivery;
}
