import { messageOf } from '../aws/error-message.ts';
import { sendBatch } from '../aws/partial-batch.ts';
import { delays } from '../retry.ts';
import type { Clock } from '../time.ts';

const RETRY_DELAYS_MS = [200, 400, 800];

/** Why a service did not take an entry. `passing`: it may take it in a moment. `lasting`: it may take it once a person has changed something. `invalid`: it never will. `off`: the service is not switched on here. */
export interface Refusal {
  readonly kind: 'passing' | 'lasting' | 'invalid' | 'off';
  readonly reason: string;
}

/** An entry that was not taken. */
export interface NotTaken<T> extends Refusal {
  readonly entry: T;
}

/** Makes a batch call, and again a few times for what may be taken in a moment. `call` says of each entry why it was not taken, null where it was. Gives what was not; never throws: what `call` throws is the reason of all that was left. */
export async function deliver<T>(
  entries: readonly T[],
  call: (entries: readonly T[]) => Promise<readonly (Refusal | null)[]>,
  clock: Pick<Clock, 'sleep'>,
  refusalOf: (error: unknown) => Refusal = lasting,
): Promise<readonly NotTaken<T>[]> {
  const refused = new Map<T, Refusal>();
  const send = async (left: readonly T[]) => {
    const answers = await call(left).catch((error: unknown) => left.map(() => refusalOf(error)));
    return left.filter((entry, index) => {
      const refusal = answers[index] ?? null;
      if (refusal === null) refused.delete(entry);
      else refused.set(entry, refusal);
      return refusal?.kind === 'passing';
    });
  };
  await sendBatch(entries, send, { clock, backoff: delays(...RETRY_DELAYS_MS) });
  return [...refused].map(([entry, refusal]) => ({ entry, ...refusal }));
}

/** The SDK has tried again already. */
const lasting = (error: unknown): Refusal => ({ kind: 'lasting', reason: messageOf(error) });
