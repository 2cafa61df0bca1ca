import { createHash } from 'node:crypto';
import { isOpen, type Remediation } from './ledger.ts';

/** One entry of a resource's chain: what a record was when it began or ended. */
export interface Link {
  /** 1, 2, 3 … without a gap. */
  readonly sequence: number;
  readonly remediationId: string;
  readonly phase: 'begun' | 'ended';
  /** SHA-256 of the record's canonical JSON at that moment. */
  readonly recordHash: string;
  /** The hash of the entry before; 64 zeros for the first. */
  readonly previousHash: string;
  readonly hash: string;
}

/** Where a chain stands. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

export const START: Head = { sequence: 0, hash: '0'.repeat(64) };

/** The next entry of a chain. */
export function linkAfter(head: Head, phase: Link['phase'], remediationId: string, record: unknown): Link {
  const content = {
    sequence: head.sequence + 1,
    remediationId,
    phase,
    recordHash: hashOf(record),
    previousHash: head.hash,
  };
  return { ...content, hash: hashOf(content) };
}

/** SHA-256 of a value's canonical JSON: keys in order, so that only content counts. */
export const hashOf = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');

function canonical(value: unknown): string {
  const plain: unknown = JSON.parse(JSON.stringify(value ?? null));
  return JSON.stringify(plain, (_, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** What is wrong with a chain, in words; nothing where it is whole. `recordOf` gives a record as it is now, or null. */
export function troublesOf(
  head: Head,
  links: readonly Link[],
  recordOf: (remediationId: string) => Remediation | null,
): readonly string[] {
  const troubles: string[] = [];
  let before = START;
  for (const link of links) {
    const { hash, ...content } = link;
    if (link.sequence !== before.sequence + 1)
      troubles.push(`entries ${before.sequence + 1} to ${link.sequence - 1} were removed`);
    else if (link.previousHash !== before.hash)
      troubles.push(`entry ${link.sequence} does not follow entry ${before.sequence}`);
    if (hashOf(content) !== hash) troubles.push(`entry ${link.sequence} was altered`);
    before = { sequence: link.sequence, hash: link.hash };
  }
  if (before.sequence !== head.sequence || before.hash !== head.hash)
    troubles.push(`the chain ends at entry ${before.sequence}, and should end at ${head.sequence}`);
  const latest = new Map(links.map((link) => [link.remediationId, link]));
  for (const [id, { phase, recordHash }] of latest) {
    const record = recordOf(id);
    if (record === null) troubles.push(`${id} was removed`);
    else if (phase === 'ended' && hashOf(record) !== recordHash) troubles.push(`${id} was altered`);
    else if (phase === 'begun' && !isOpen(record)) troubles.push(`${id} has ended, and the chain does not say so`);
  }
  return troubles;
}
