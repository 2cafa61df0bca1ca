import { DEFAULT_STACK } from '../doctor/deployment.ts';
import { type Anchoring, type AnchorReading, anchoring } from '../ledger/anchors.ts';
import { evidenceErrors, START } from '../ledger/chain.ts';
import type { Ledger, ProvenChain } from '../ledger/ledger.ts';
import { counted } from '../text.ts';
import type { CommandRun } from './context.ts';
import { type LoggedAnchors, loggedAnchors } from './logged-anchors.ts';
import type { CommonOptions } from './options.ts';

/** A hash chain, its errors, and what the logs say of it; null where they were not asked. */
export interface Verified extends ProvenChain {
  readonly errors: readonly string[];
  readonly logged: Anchoring | null;
}

/** By the resource's key. */
export type Chains = ReadonlyMap<string, Verified>;

// A local ledger has no home region, and no logs either.
export const readLogs = (
  { engine, home, table }: CommandRun,
  { stack = DEFAULT_STACK }: CommonOptions,
): Promise<LoggedAnchors> => loggedAnchors(engine.aws(home ?? ''), stack, table);

/** Reads the chains twice where there are errors: a record that was being written at the first read is complete at the second. */
export async function verifiedChains(ledger: Ledger, reading: AnchorReading | null): Promise<Chains> {
  const first = verified(await ledger.chains(), reading);
  if (brokenIn(first) === 0) return first;
  const second = verified(await ledger.chains(), reading);
  return new Map(
    [...second].map(([key, chain]) => {
      const before = new Set(first.get(key)?.errors);
      return [key, { ...chain, errors: chain.errors.filter((error) => before.has(error)) }];
    }),
  );
}

const NO_CHAIN: ProvenChain = { head: START, links: [], evidence: new Map() };

/** Every chain of the ledger, and of resources that only the logs know. */
function verified(chains: ReadonlyMap<string, ProvenChain>, reading: AnchorReading | null): Chains {
  const anchors = Map.groupBy(reading?.anchors ?? [], ({ resource }) => resource);
  return new Map(
    [...new Set([...chains.keys(), ...anchors.keys()])].sort().map((key) => {
      const chain = chains.get(key) ?? NO_CHAIN;
      const logged = reading === null ? null : anchoring(chain, anchors.get(key) ?? [], reading);
      const errors = [...evidenceErrors(chain.head, chain.links, chain.evidence), ...(logged?.errors ?? [])];
      return [key, { ...chain, errors, logged }];
    }),
  );
}

export const brokenIn = (chains: Chains): number =>
  [...chains.values()].filter(({ errors }) => errors.length > 0).length;

const recordsOf = ({ evidence, links }: Verified): ReadonlySet<string> =>
  new Set([...evidence.keys(), ...links.map(({ remediationId }) => remediationId)]);

const sum = (chains: Chains, of: (chain: Verified) => number): number =>
  [...chains.values()].reduce((total, chain) => total + of(chain), 0);

/** How many chains and records there are, and whether they are intact, in words. */
export function tableConclusion(chains: Chains): string {
  const broken = brokenIn(chains);
  const conclusion = broken === 0 ? 'intact' : `${counted(broken, 'chain is', 'chains are')} broken`;
  const records = sum(chains, (chain) => recordsOf(chain).size);
  return `${counted(chains.size, 'chain')}, ${counted(records, 'record')}: ${conclusion}`;
}

/** How many records the logs confirm: only what they confirm up to its end counts. */
export function logsConclusion(chains: Chains, { since, unread }: LoggedAnchors): string {
  const left = sum(chains, ({ logged }) => logged?.unanchored.length ?? 0);
  const confirmed = sum(chains, (chain) =>
    chain.errors.length > 0 ? 0 : recordsOf(chain).size - (chain.logged?.unanchored.length ?? 0),
  );
  const reach = since === null ? 'the logs hold no entry' : `the logs reach back to ${new Date(since).toISOString()}`;
  const whole = unread.length === 0 ? '' : ', and were not all read';
  return `${counted(confirmed, 'record')} confirmed by the logs, ${left} not in the logs; ${reach}${whole}`;
}
