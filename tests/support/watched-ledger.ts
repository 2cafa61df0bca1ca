import type { Engine } from '../../shared/engine/context.ts';
import type { Ledger, Update } from '../../shared/ledger/ledger.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import type { Remediation } from '../../shared/ledger/records.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import type { Notice } from '../../shared/notify/notifier.ts';
import { singles } from './engine.ts';
import { named, type World } from './fake-resource.ts';

/** What an update writes, in words: the statuses of its records, and what becomes of the lease. */
function inWords({ next, records = [] }: Update<unknown>, holder: string | null | undefined): string {
  const lease = next === undefined || next.lease.holder === holder ? [] : [next.lease.holder ? 'lease' : 'release'];
  return [...records.map(({ status }) => status), ...lease].map((word) => ` ${word}`).join('');
}

/** Which call of the ledger breaks: by its number, the first being 0; before it took effect, or only its answer is lost. */
export type Breaks = (call: number, method: string) => boolean | 'answer';

/** A ledger in memory that writes its calls into the log and can be broken. */
export function watchedLedger(world: World, breaks: Breaks = () => false, now: () => number = Date.now) {
  const memory = ledgerIn(memoryStore(), now);
  const remediations = new Map<string, Remediation>();
  const history: Remediation[] = [];
  let calls = 0;
  async function watched<T>(method: string, answer: () => Promise<T>, detail: () => string = () => ''): Promise<T> {
    const broken = breaks(calls++, method);
    if (broken === true) world.log.push(`ledger ${method} broke`);
    if (broken === true) throw named('LedgerDown');
    const answered = await answer();
    world.log.push(`ledger ${method}${detail()}${broken === 'answer' ? ' answer lost' : ''}`);
    if (broken === 'answer') throw named('LedgerDown');
    return answered;
  }
  const ledger: Ledger = {
    ...memory,
    load: (key) => watched('load', () => memory.load(key)),
    loadShared: (session) => watched('shared', () => memory.loadShared(session)),
    adopt: (session, id) => watched('adopt', () => memory.adopt(session, id)),
    async update(session, decide) {
      const first = decide(session.state, session.shared);
      const isNothing =
        first.next === undefined &&
        [first.records, first.breakers, first.exemptions, first.announcements].every((one) => (one ?? []).length === 0);
      if (isNothing) return memory.update(session, decide);
      let last = first;
      const write = () =>
        memory.update(session, (state, shared) => {
          const made = decide(state, shared);
          last = made;
          return made;
        });
      const written = await watched('write', write, () => inWords(last, session.state.lease.holder));
      for (const record of last.records ?? []) {
        remediations.set(record.id, structuredClone(record));
        history.push(structuredClone(record));
      }
      return written;
    },
  };
  return { ledger, history, calls: () => calls, kept: () => [...remediations.values()] };
}

/** A notifier that writes into the log what it publishes. */
export function watchedNotifier(world: World, notified: Notice[]): Engine['notifier'] {
  return {
    async notify(notice) {
      for (const one of singles(notice)) {
        world.log.push(`notified ${one.result.outcome}`);
        notified.push(one);
      }
    },
    async announce({ subject }) {
      world.log.push(`announced ${subject}`);
    },
  };
}
