import type { AnyControl } from '../control.ts';
import type { Attribution } from '../engine/attribution.ts';
import type { Result } from '../engine/outcome.ts';

/** Something that a person should know: an outcome, its control, and who caused it. */
export interface Notice {
  readonly result: Result;
  readonly control: Pick<AnyControl, 'id' | 'title' | 'severity' | 'rationale' | 'guidance'>;
  readonly consoleUrl: string;
  readonly attribution: Attribution | null;
  /** When the change was made, ISO 8601; null where the event does not say. */
  readonly eventTime: string | null;
  /** Whether every step that was made can be taken back. */
  readonly reversible: boolean;
}

/** Tells people. Throws when the message could not be handed over. */
export interface Notifier {
  tell(notice: Notice): Promise<void>;
}

/** Tells nobody: for a dry run. */
export const silent: Notifier = { tell: async () => {} };
