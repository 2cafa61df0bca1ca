import pLimit from 'p-limit';
import type { Engine } from '../engine/context.ts';
import { clear } from '../engine/run/notices.ts';
import { timeOfId } from '../engine/run/record.ts';
import type { ResourceState } from '../ledger/ledger.ts';
import type { QueuedNotice } from '../ledger/outbox.ts';
import { type DigestEntry, digestAnnouncement } from '../notify/digest.ts';
import { isQuiet } from '../notify/quiet-hours.ts';
import { nameOf } from '../notify/tags.ts';
import { HOUR_MS, MINUTE_MS } from '../time.ts';

/** A digest waits until nothing came for so long, lest one sweep or burst makes several. */
const SETTLED_MS = 5 * MINUTE_MS;
/** And no longer than this in all. */
const MAX_WAIT_MS = HOUR_MS;
const MAX_CONCURRENT_UPDATES = 10;

/** Publishes all notices that wait for the digest as one message, and clears them. Where it dies in between, what was not cleared is in the next one too. Returns their number. Throws what the notifier throws. */
export async function publishWaitingNotices(engine: Engine): Promise<number> {
  const { ledger, notifier, policy, clock } = engine;
  const { quietHours } = policy.notify;
  const now = clock.now();
  if (quietHours !== null && isQuiet(quietHours, now)) return 0;
  const waiting: {
    readonly key: string;
    readonly notices: readonly QueuedNotice[];
    readonly entries: readonly DigestEntry[];
  }[] = [];
  for await (const { key, state } of ledger.active()) {
    const notices = state.outbox.filter(({ waits }) => waits === true);
    const entries = notices.map((one) => entryOf(one, state));
    if (notices.length > 0) waiting.push({ key, notices, entries });
  }
  const notices = waiting.flatMap((one) => one.notices);
  if (!isDue(notices, now.getTime())) return 0;
  await notifier.announce(digestAnnouncement(waiting.flatMap(({ entries }) => entries)));
  const limit = pLimit(MAX_CONCURRENT_UPDATES);
  const idsOf = (some: readonly QueuedNotice[]) => some.map(({ id }) => id);
  await Promise.all(
    waiting.map(({ key, notices: some }) => limit(async () => clear(await ledger.load(key), engine, idsOf(some)))),
  );
  return notices.length;
}

function isDue(notices: readonly QueuedNotice[], now: number): boolean {
  const times = notices.map(({ at }) => at);
  const oldest = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const newest = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return notices.length > 0 && (newest <= now - SETTLED_MS || oldest <= now - MAX_WAIT_MS);
}

const entryOf = ({ at, notice }: QueuedNotice, { findings }: ResourceState): DigestEntry => ({
  result: notice.result,
  actor: notice.attribution?.actor ?? null,
  name: nameOf(notice.tags),
  time:
    findings[notice.controlId]?.firstSeen ?? timeOfId(notice.result.remediationId ?? '') ?? new Date(at).toISOString(),
});
