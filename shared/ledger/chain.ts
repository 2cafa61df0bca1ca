import { hashOf } from '../hash.ts';
import { isOpen, type Remediation } from './records.ts';

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

/** A link as its record's item stores it: what can be computed is left out. */
export type StoredLink = Omit<Link, 'remediationId' | 'hash'>;

/** The last entry of a chain. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

export const START: Head = { sequence: 0, hash: '0'.repeat(64) };

/** The next entry of a chain. */
export function linkAfter(head: Head, phase: Link['phase'], remediationId: string, record: unknown): Link {
  const link = { sequence: head.sequence + 1, phase, recordHash: hashOf(record), previousHash: head.hash };
  return linkOf(remediationId, link);
}

/** The head of a chain that ends with this link. */
export const headAt = ({ sequence, hash }: Link): Head => ({ sequence, hash });

/** The link of a record as its item keeps it. */
export const storedLink = ({ sequence, phase, recordHash, previousHash }: Link): StoredLink => ({
  sequence,
  phase,
  recordHash,
  previousHash,
});

/** The whole link. A stored one that was altered gets another hash, which neither the next link nor the head names. */
export function linkOf(remediationId: string, stored: StoredLink): Link {
  const { sequence, phase, recordHash, previousHash } = stored;
  const content = { sequence, remediationId, phase, recordHash, previousHash };
  return { ...content, hash: hashOf(content) };
}

/** A record as a chain proves it. */
export interface Evidence {
  readonly open: boolean;
  /** SHA-256 of the record as it is now. */
  readonly hash: string;
  /** The last time that the record names, in milliseconds since 1970; NaN where somebody has taken that away. */
  readonly at: number;
}

export const evidenceOf = (record: Remediation): Evidence => ({
  open: isOpen(record),
  hash: hashOf(record),
  at: lastTime(record),
});

const lastTime = ({ times }: { readonly times?: Remediation['times'] }): number =>
  Math.max(
    ...[times?.decided, times?.applied, times?.verified]
      .filter((time) => time !== null)
      .map((time) => Date.parse(String(time))),
  );

/** What is wrong with a chain and its records, in words; nothing where all is whole. `evidence`: the records as they are now, by id. */
export function evidenceErrors(
  head: Head,
  links: readonly Link[],
  evidence: ReadonlyMap<string, Evidence>,
): readonly string[] {
  const chained = new Set(links.map(({ remediationId }) => remediationId));
  const unchained = [...evidence.keys()].filter((id) => !chained.has(id)).map((id) => `${id} is not in the chain`);
  return [...chainErrors(head, links, (id) => evidence.get(id) ?? null), ...unchained];
}

/** What is wrong with a chain, in words; nothing where it is whole. `evidence` gives a record as it is now, or null. */
export function chainErrors(
  head: Head,
  links: readonly Link[],
  evidence: (remediationId: string) => Evidence | null,
): readonly string[] {
  const errors: string[] = [];
  let before = START;
  for (const link of links) {
    const { hash, ...content } = link;
    if (link.sequence !== before.sequence + 1)
      errors.push(`entries ${before.sequence + 1} to ${link.sequence - 1} were removed`);
    else if (link.previousHash !== before.hash)
      errors.push(`entry ${link.sequence} does not follow entry ${before.sequence}`);
    if (hashOf(content) !== hash) errors.push(`entry ${link.sequence} was altered`);
    before = headAt(link);
  }
  if (before.sequence !== head.sequence || before.hash !== head.hash)
    errors.push(`the chain ends at entry ${before.sequence}, and should end at ${head.sequence}`);
  const latest = new Map(links.map((link) => [link.remediationId, link]));
  for (const [id, { phase, recordHash }] of latest) {
    const record = evidence(id);
    if (record === null) errors.push(`${id} was removed`);
    else if (phase === 'ended' && record.hash !== recordHash) errors.push(`${id} was altered`);
    else if (phase === 'begun' && !record.open) errors.push(`${id} has ended, and the chain does not say so`);
  }
  return errors;
}
