import type { Attribution } from '../attribution.ts';
import { type AnyControl, SEVERITIES, type Severity } from '../control.ts';
import type { Result } from '../result.ts';
import type { DigestGroup, Kind } from './message.ts';

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
  /** The same where it is published again. */
  readonly id?: string;
  /** When a remediation was verified, ISO 8601. */
  readonly verified?: string;
  /** What a remediated resource is like now, in a sentence. */
  readonly after?: string;
  /** The finding that is over, in a sentence. */
  readonly was?: string;
  /** Until when an approval may be given, ISO 8601. */
  readonly expires?: string;
  /** A person's own undo, with the id of the exemption that it made for its control; null where that is not known. */
  readonly undo?: { readonly exemption: string | null };
  /** The first differences that a remediation made. */
  readonly changes?: readonly string[];
  /** The resource's tags, where they were read. */
  readonly tags?: Readonly<Record<string, string>>;
  /** What else the same event has led to on the same resource, of the same or a lower severity. */
  readonly others?: readonly SingleNotice[];
}

/** What a notification says of one control. */
export type SingleNotice = Omit<Notice, 'others'>;

/** The page of a control is known where the message is made. */
export type AnnouncedGroup = Omit<DigestGroup, 'controlPage'>;

/** A notification that is not about a single resource. */
export interface Announcement {
  readonly severity: Severity;
  readonly subject: string;
  /** The subject in fewer words, for where the rest stands beside it. */
  readonly title?: string;
  readonly text: string;
  /** `attention` where it does not say. */
  readonly kind?: Kind;
  /** Where it is about one. */
  readonly region?: string | null;
  /** The controls that it is about, and their resources. */
  readonly groups?: readonly AnnouncedGroup[];
}

/** Notifies people. Throws where the message could not be published. */
export interface Notifier {
  notify(notice: Notice): Promise<void>;
  announce(announcement: Announcement): Promise<void>;
  /** True where a notice is not published now, and waits for the digest. */
  defers?(notice: Notice): boolean;
}

/** Sends nothing: for a dry run. */
export const silent: Notifier = { notify: async () => {}, announce: async () => {} };

/** The notices of one resource and event as one: the most severe names the others. */
export function combined(notices: readonly [Notice, ...Notice[]]): Notice {
  const rank = ({ control }: Pick<Notice, 'control'>) => SEVERITIES.indexOf(control.severity);
  const [first, ...others] = notices.toSorted((a, b) => rank(b) - rank(a)) as [Notice, ...Notice[]];
  return others.length === 0 ? first : { ...first, others };
}

/** Drops notifications below a severity. */
export function atLeast(minimum: Severity, notifier: Notifier): Notifier {
  const { defers } = notifier;
  const passes = (severity: Severity) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(minimum);
  return {
    async notify({ others = [], ...notice }) {
      // The others are not more severe.
      if (!passes(notice.control.severity)) return;
      const left = others.filter(({ control }) => passes(control.severity));
      await notifier.notify(left.length === 0 ? notice : { ...notice, others: left });
    },
    announce: async (announcement) => (passes(announcement.severity) ? notifier.announce(announcement) : undefined),
    ...(defers === undefined ? {} : { defers: (notice: Notice) => passes(notice.control.severity) && defers(notice) }),
  };
}
