import type { Attribution } from '../attribution.ts';
import { type AnyControl, SEVERITIES, type Severity } from '../control.ts';
import type { Result } from '../result.ts';

/** A notification about a resource: an outcome, its control, and who caused it. */
export interface Notice {
  readonly result: Result;
  readonly control: Pick<AnyControl, 'id' | 'title' | 'severity' | 'rationale' | 'guidance'>;
  readonly consoleUrl: string;
  readonly attribution: Attribution | null;
  /** When the change was made, ISO 8601; null where the event does not say. */
  readonly eventTime: string | null;
  /** Whether every step that was made can be undone. */
  readonly reversible: boolean;
  /** What halted the remediation, and whether it halts everything or this control alone. */
  readonly stoppedBy?: { readonly gate: 'pause' | 'flap'; readonly everything: boolean };
  /** It failed, and is being retried. */
  readonly isRetrying?: boolean;
}

/** A notification that is not about a single resource. */
export interface Announcement {
  readonly severity: Severity;
  readonly subject: string;
  readonly text: string;
}

/** Notifies people. Throws where the message could not be handed over. */
export interface Notifier {
  notify(notice: Notice): Promise<void>;
  announce(announcement: Announcement): Promise<void>;
}

/** Sends nothing: for a dry run. */
export const silent: Notifier = { notify: async () => {}, announce: async () => {} };

/** Drops notifications below a severity. */
export function atLeast(minimum: Severity, notifier: Notifier): Notifier {
  const passes = (severity: Severity) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(minimum);
  return {
    notify: async (notice) => (passes(notice.control.severity) ? notifier.notify(notice) : undefined),
    announce: async (announcement) => (passes(announcement.severity) ? notifier.announce(announcement) : undefined),
  };
}
