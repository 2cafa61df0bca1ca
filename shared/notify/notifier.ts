import type { Attribution } from '../attribution.ts';
import { type AnyControl, SEVERITIES, type Severity } from '../control.ts';
import type { Result } from '../result.ts';

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
  /** Which stop kept it from being put right, and whether that holds for everything or for this control alone. */
  readonly stoppedBy?: { readonly gate: 'pause' | 'flap'; readonly everything: boolean };
}

/** Something that a person should know and that is of no one resource. */
export interface Announcement {
  readonly severity: Severity;
  readonly subject: string;
  readonly text: string;
}

/** Tells people. Throws when the message could not be handed over. */
export interface Notifier {
  tell(notice: Notice): Promise<void>;
  announce(announcement: Announcement): Promise<void>;
}

/** Tells nobody: for a dry run. */
export const silent: Notifier = { tell: async () => {}, announce: async () => {} };

/** Keeps what is below a severity to itself. */
export function atLeast(least: Severity, notifier: Notifier): Notifier {
  const loud = (severity: Severity) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
  return {
    tell: async (notice) => (loud(notice.control.severity) ? notifier.tell(notice) : undefined),
    announce: async (announcement) => (loud(announcement.severity) ? notifier.announce(announcement) : undefined),
  };
}
