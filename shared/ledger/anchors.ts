import { isObject } from '../event.ts';
import type { Link } from './chain.ts';
import type { ProvenChain } from './ledger.ts';

/** An entry of a resource's chain as a log outside the ledger's table keeps it. */
export interface Anchor extends Pick<Link, 'sequence' | 'remediationId' | 'phase' | 'hash'> {
  /** The resource's key in the ledger. */
  readonly resource: string;
}

/** Where anchors are kept. Called once their entries are in the ledger; never throws. */
export type AnchorLog = (anchors: readonly Anchor[]) => void | Promise<void>;

/** The member that makes a line of a log an anchor, by which CloudWatch Logs finds it. */
export const ANCHOR_MEMBER = 'evenkeel.anchor';

export const anchorOf = (
  resource: string,
  { sequence, remediationId, phase, hash }: Omit<Link, 'recordHash' | 'previousHash'>,
): Anchor => ({ resource, sequence, remediationId, phase, hash });

/** An anchor as a line of a log, without the line break. */
export const anchorLine = (anchor: Anchor): string => JSON.stringify({ [ANCHOR_MEMBER]: anchor });

/** The anchors in the text of a log event; other lines are not ours. */
export const anchorsIn = (text: string): readonly Anchor[] =>
  text.split('\n').flatMap((line) => {
    const anchor = memberOf(line);
    return isAnchor(anchor) ? [anchorOf(anchor.resource, anchor)] : [];
  });

function memberOf(line: string): unknown {
  try {
    const parsed: unknown = JSON.parse(line);
    return isObject(parsed) ? parsed[ANCHOR_MEMBER] : null;
  } catch {
    return null;
  }
}

const isAnchor = (value: unknown): value is Anchor =>
  isObject(value) &&
  Number.isSafeInteger(value.sequence) &&
  [value.resource, value.remediationId, value.phase, value.hash].every((member) => typeof member === 'string');

/** What was read of the logs. Times in milliseconds since 1970. */
export interface AnchorReading {
  readonly anchors: readonly Anchor[];
  /** From when on whatever was chained has to be in the logs; null where they hold no anchor. */
  readonly since: number | null;
  /** When the reading began: the chains have to be read after it. */
  readonly now: number;
}

/** A record that no log confirms, and why that need not be wrong. */
export interface Unanchored {
  readonly remediationId: string;
  readonly reason: 'older than the logs' | 'too recent';
}

/** What the logs say of a chain. */
export interface Anchoring {
  readonly errors: readonly string[];
  /** The last entry that the logs confirm, and with it all before; 0 for none. */
  readonly anchored: number;
  readonly unanchored: readonly Unanchored[];
}

/** CloudWatch Logs shows a line seconds after it was written, rarely minutes. */
const GRACE_MS = 5 * 60_000;

/** Compares a resource's chain with the anchors of the resource. Pure. */
export function anchoring(
  { links, evidence }: Pick<ProvenChain, 'links' | 'evidence'>,
  anchors: readonly Anchor[],
  { since, now }: Pick<AnchorReading, 'since' | 'now'>,
): Anchoring {
  const errors: string[] = [];
  let anchored = 0;
  let logged = 0;
  for (const { sequence, hash, remediationId } of distinct(anchors)) {
    logged = sequence;
    const there = links.filter((link) => link.sequence === sequence);
    if (there.some((link) => link.hash === hash)) anchored = sequence;
    else if (there.length === 0) errors.push(`entry ${sequence} (${remediationId}) is in the logs and was removed`);
    else errors.push(`entry ${sequence} (${remediationId}) is not the one in the logs`);
  }
  const unanchored: Unanchored[] = [];
  const later = links.filter(({ sequence }) => sequence > logged).map((link) => link.remediationId);
  for (const remediationId of new Set(later)) {
    const at = evidence.get(remediationId)?.at ?? Number.NaN;
    // Whatever follows an entry that the logs know of was written when they were kept, whatever date it bears.
    if (logged === 0 && (since === null || at < since))
      unanchored.push({ remediationId, reason: 'older than the logs' });
    else if (at <= now && now - at <= GRACE_MS) unanchored.push({ remediationId, reason: 'too recent' });
    else errors.push(`${remediationId} is in no log: it was forged, or could not be logged`);
  }
  return { errors, anchored, unanchored };
}

/** Each anchor once, by its place in the chain: CloudWatch Logs may hold a line twice. */
const distinct = (anchors: readonly Anchor[]): readonly Anchor[] =>
  [...new Map(anchors.map((anchor) => [`${anchor.sequence} ${anchor.hash}`, anchor])).values()].toSorted(
    (a, b) => a.sequence - b.sequence,
  );
