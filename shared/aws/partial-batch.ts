import { type Backoff, retry } from '../retry.ts';
import type { Clock } from '../time.ts';

/** AWS took only a part of a batch. */
class PartialBatchError extends Error {
  override readonly name = 'PartialBatchError';
}

/** Sends a batch, and what is refused of it again, since a batch call that fails for some entries does not throw. `send` gives the entries that were refused; so does this, once no try is left. Throws what `send` throws. */
export async function sendBatch<T>(
  entries: readonly T[],
  send: (entries: readonly T[]) => Promise<readonly T[]>,
  options: { readonly clock: Pick<Clock, 'sleep'>; readonly backoff: Backoff },
): Promise<readonly T[]> {
  let left = entries;
  const sendLeft = async () => {
    if (left.length > 0) left = await send(left);
    if (left.length > 0) throw new PartialBatchError();
  };
  const isPartial = (error: unknown) => error instanceof PartialBatchError;
  await retry(sendLeft, { ...options, when: isPartial }).catch((error: unknown) => {
    if (!isPartial(error)) throw error;
  });
  return left;
}
