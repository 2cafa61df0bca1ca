import type { Result } from '../../../shared/result.ts';
import type { Line } from '../recorded-events.ts';
import type { TestAccount } from '../sandbox.ts';

/** A resource that was made and brought to the state that a recorded event tells of. */
export interface Scene {
  /** What the event calls the resource, and what it is called here. */
  readonly renamed: Readonly<Record<string, string>>;
  state(): Promise<unknown>;
  /** The state once it is remediated; the same as before where the event tells of no drift. */
  readonly right: unknown;
  /** For so long nobody looks, in milliseconds. */
  readonly later?: number;
}

export type Stage = (
  account: TestAccount,
  line: Line,
  look: (event: unknown) => Promise<readonly Result[]>,
) => Promise<Scene>;
