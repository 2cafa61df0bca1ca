import { evidenceErrors } from '../../../shared/ledger/chain.ts';
import type { Ledger } from '../../../shared/ledger/ledger.ts';
import { isOpen, type Remediation } from '../../../shared/ledger/records.ts';
import type { Journal, Published, WriteMade } from './journal.ts';

/** What is wrong at the end, as sentences: what was written twice, what was not notified or too often, what is open, and chains that are broken. */
export async function verdictOn(journal: Journal, ledger: Ledger): Promise<readonly string[]> {
  const records = await Array.fromAsync(ledger.remediations());
  const chains = [...(await ledger.chains())].flatMap(([key, { head, links, evidence }]) =>
    evidenceErrors(head, links, evidence).map((error) => `the chain of ${key}: ${error}`),
  );
  return [
    ...writtenTwice(journal.writes),
    ...records.filter(isOpen).map(({ id, status, ref }) => `${id} of ${ref.resourceId} is ${status}`),
    ...records
      .filter(({ status }) => status === 'remediated')
      .flatMap((record) => wronglyNotified(record, journal.published)),
    ...chains,
  ];
}

/** A call that was made again though the first had taken effect. The SDK may repeat one whose answer was lost; and of a plan that was cut off after its first call, nobody can tell whether the next was made. */
function writtenTwice(writes: readonly WriteMade[]): readonly string[] {
  const last = new Map<string, WriteMade>();
  return writes.flatMap((write) => {
    const key = `${write.trial.life} ${write.trial.phase.startsWith('undo')} ${write.identity}`;
    const before = last.get(key);
    last.set(key, write);
    const isRepeat = before?.trial === write.trial && before.fate === 'lost';
    const isFirst = before === writes.find(({ trial }) => trial === before?.trial);
    if (before === undefined || isRepeat || (!isFirst && before.trial !== write.trial)) return [];
    return [`${write.trial.life}: ${write.name} was made twice: ${tryOf(before)}, ${tryOf(write)}`];
  });
}

const tryOf = ({ trial: { phase, attempt }, fate }: Pick<WriteMade, 'trial' | 'fate'>): string =>
  `try ${attempt} of ${phase} (${fate})`;

function wronglyNotified({ id, kind, ref }: Remediation, published: readonly Published[]): readonly string[] {
  const isOfIt = (one: Published) =>
    kind === 'undo'
      ? one.outcome === 'exempted' && one.annotation.includes(`${id} undid`)
      : one.outcome === 'remediated' && one.remediationId === id;
  // Two controls that find the same share a remediation, and the message names both.
  const messages = [...new Map(published.filter(isOfIt).map((one) => [one.message, one])).values()];
  // The SDK may repeat one whose answer was lost.
  const isRepeat = ({ trial }: Published, index: number) =>
    messages.slice(0, index).some((before) => before.trial === trial && before.fate === 'lost');
  const times = messages.filter((one, index) => !isRepeat(one, index)).length;
  if (times === 1 || times === 2) return [];
  const where = messages.map((one) => `${one.trial.life}: ${tryOf(one)}`).join(', ');
  return [`${kind} ${id} of ${ref.resourceId} was notified ${times} times: ${where}`];
}
