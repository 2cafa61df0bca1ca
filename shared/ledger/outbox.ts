import type { Attribution } from '../attribution.ts';
import type { Announcement } from '../notify/notifier.ts';
import type { Result } from '../result.ts';
import { ConflictError, putLatest, type Store, update } from './store.ts';

/** What has to be published of an outcome; the control's texts are looked up by its id at that time. */
export interface PendingNotice {
  readonly controlId: string;
  readonly result: Result;
  readonly attribution: Attribution | null;
  /** When the change was made, ISO 8601; null where the event does not say. */
  readonly eventTime: string | null;
  /** Whether every step that was made can be undone. */
  readonly reversible: boolean;
  readonly stoppedBy?: { readonly gate: 'pause' | 'flap'; readonly everything: boolean };
  /** It failed, and is being retried. */
  readonly isRetrying?: boolean;
  /** When a remediation was verified, ISO 8601. */
  readonly verified?: string;
  /** What a remediated resource is like now, in a sentence. */
  readonly after?: string;
  /** The finding that is over, in a sentence. */
  readonly was?: string;
  /** Until when an approval may be given, ISO 8601. */
  readonly expires?: string;
  /** A person's own undo, with the id of the exemption that it made. */
  readonly undo?: { readonly exemption: string | null };
  /** The first differences that a remediation made. */
  readonly changes?: readonly string[];
  /** Those of the resource's tags by which people know it, where they were read. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What an outcome says beside its notice. */
export interface OwedOutcome {
  /** When it was decided, milliseconds since 1970; later than that of the finding's outcome before. */
  readonly time: number;
  /** Of the finding, ISO 8601. */
  readonly firstSeen: string;
}

/** A notification that was decided and is not known to be published. */
export interface QueuedNotice {
  readonly id: string;
  /** When it was decided, milliseconds since 1970. */
  readonly at: number;
  /** It waits for the digest, which alone publishes it. */
  readonly waits?: true;
  /** People are not notified of it, or were already. */
  readonly quiet?: true;
  /** It is still to be sent to those who follow each outcome; only where somebody does. */
  readonly outcome?: OwedOutcome;
  readonly notice: PendingNotice;
}

/** An announcement under the key that tells it from others: a second one of the same key replaces it. */
export interface QueuedAnnouncement {
  readonly key: string;
  readonly announcement: Announcement;
}

/** Messages that are of no one resource: written with what they are about, published, cleared. */
export interface Announcements {
  enqueue(key: string, announcement: Announcement): Promise<void>;
  /** The queued announcements that no other run is publishing, for this one to publish within `forMs`; then they are another's. */
  claim(now: number, forMs?: number): Promise<readonly QueuedAnnouncement[]>;
  /** What this run claimed was published. One that was replaced meanwhile stays. */
  done(key: string): Promise<void>;
}

/** An announcement as its item keeps it. */
export interface AnnouncementDocument {
  readonly announcement: Announcement;
  /** Milliseconds since 1970; null while no run has claimed it. */
  readonly claimedUntil: number | null;
}

const CLAIM_MS = 60_000;
const PK = 'ANNOUNCEMENTS';

/** The item of an announcement. */
export const announcementKey = (key: string) => ({ pk: PK, sk: key });

export const queuedDocument = (announcement: Announcement): AnnouncementDocument => ({
  announcement,
  claimedUntil: null,
});

export const announcementsIn = (store: Store): Announcements => ({
  enqueue: (key, announcement) => putLatest(store, { ...announcementKey(key), document: queuedDocument(announcement) }),
  async claim(now, forMs = CLAIM_MS) {
    const claimed: QueuedAnnouncement[] = [];
    for (const { pk, sk, version, document } of await store.query(PK)) {
      const { announcement, claimedUntil } = document as AnnouncementDocument;
      if (claimedUntil !== null && claimedUntil > now) continue;
      const claim: AnnouncementDocument = { announcement, claimedUntil: now + forMs };
      if (await won(store.commit([{ pk, sk, read: version, document: claim }])))
        claimed.push({ key: sk, announcement });
    }
    return claimed;
  },
  done: (key) =>
    update(store, [announcementKey(key)], ([document]) => ({
      next: [(document as AnnouncementDocument | null)?.claimedUntil == null ? undefined : null],
      answer: undefined,
    })),
});

async function won(commit: Promise<void>): Promise<boolean> {
  try {
    await commit;
    return true;
  } catch (error) {
    if (error instanceof ConflictError) return false;
    throw error;
  }
}
