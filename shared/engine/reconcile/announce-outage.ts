import { BusyError } from '../../ledger/lease.ts';
import type { Engine } from '../context.ts';
import { messageOf } from '../errors.ts';

/** So long one process says no more about its ledger, in milliseconds: hundreds of events may fail for the same reason. */
const QUIET = 900_000;

/** When each engine last said it. The ledger cannot keep it: it is the ledger that fails. */
const said = new WeakMap<Engine['notifier'], number>();

/** Tells people that nothing can be put right, because what must be known before a write could not be asked. Never throws: the event fails, and is kept for a retry all the same. */
export async function alarm(engine: Engine, error: unknown): Promise<void> {
  if (error instanceof BusyError) return; // another run is at work: that is no trouble
  const now = engine.clock.now().getTime();
  if (now - (said.get(engine.notifier) ?? Number.NEGATIVE_INFINITY) < QUIET) return;
  try {
    await engine.notifier.announce({
      severity: 'CRITICAL',
      subject: 'Evenkeel cannot work: its ledger does not answer',
      text: `${messageOf(error)}\n\nNothing is written to the account without the ledger. Events are tried again, and then kept in the dead-letter queue.\n\nSee what is wrong:   npx evenkeel doctor\nThen give them back: npx evenkeel redrive`,
    });
    said.set(engine.notifier, now);
  } catch {
    // Whoever cannot be told finds the event in the dead-letter queue.
  }
}
