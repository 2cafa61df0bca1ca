import { LeaseHeldError } from '../../ledger/lease.ts';
import type { Engine } from '../context.ts';
import { messageOf } from '../errors.ts';

/** One process announces an outage at most once in this time: hundreds of events may fail for the same reason. */
const RENOTIFY_AFTER_MS = 900_000;

const TOO_LARGE = 'Evenkeel cannot record a resource: what it has to record is larger than the ledger takes';

/** True where the table answers, and refuses an item for its size: not an outage. */
export const isTooLarge = (error: unknown): boolean =>
  /item size|item collection size|exceeded the maximum allowed size/i.test(messageOf(error));

/** When each engine last announced it. Not kept in the ledger, since it is the ledger that fails. */
const announcedAt = new WeakMap<Engine['notifier'], number>();

/** Announces that nothing can be remediated because the ledger does not answer. Never throws: the event fails and is retried all the same. */
export async function announceOutage(engine: Engine, error: unknown): Promise<void> {
  if (error instanceof LeaseHeldError) return; // another run is at work: that is no failure
  const now = engine.clock.now().getTime();
  if (now - (announcedAt.get(engine.notifier) ?? Number.NEGATIVE_INFINITY) < RENOTIFY_AFTER_MS) return;
  try {
    await engine.notifier.announce({
      severity: 'CRITICAL',
      kind: 'blind',
      subject: isTooLarge(error) ? TOO_LARGE : 'Evenkeel cannot work: its ledger does not answer',
      text: `${messageOf(error)}\n\nNothing is written to the account without the ledger. Events are retried, and then kept in the dead-letter queue.\n\nFind the cause:         npx evenkeel doctor\nThen return the events: npx evenkeel redrive`,
    });
    announcedAt.set(engine.notifier, now);
  } catch {
    // Without this announcement, the event still ends up in the dead-letter queue.
  }
}
