import { type Evidence, evidenceOf, type Link, linkOf, START } from './chain.ts';
import { keyPrefix, refOfKey, resourceKey } from './keys.ts';
import type { Ledger, ProvenChain } from './ledger.ts';
import { idOfRecord, keyOfState, RECORDS, type RecordDocument, stateKey } from './session.ts';
import { ACTIVE, QUIET, type ResourceState } from './state.ts';
import type { Range, Store } from './store.ts';

/** What the ledger lists over all resources. */
export type Lists = Pick<
  Ledger,
  'remediations' | 'openFindings' | 'active' | 'remembered' | 'chainKeys' | 'chain' | 'chains'
>;

/** A chain while it is gathered. */
interface Gathered {
  links: Link[];
  evidence: Map<string, Evidence>;
}

export function listsIn(store: Store): Lists {
  async function* states(list: string, range?: Range) {
    for await (const item of store.list(list, range))
      yield { key: keyOfState(item), state: item.document as ResourceState };
  }
  async function* records(range?: Range) {
    // By the id of its item: a record that stands in another's place is neither.
    for await (const item of store.list(RECORDS, range))
      yield { ...(item.document as RecordDocument), id: idOfRecord(item) };
  }
  const active = (prefix?: string) => states(ACTIVE, prefix === undefined ? {} : { prefix });

  async function chains(): Promise<ReadonlyMap<string, ProvenChain>> {
    const gathered = new Map<string, Gathered>();
    const of = (key: string): Gathered => {
      const own: Gathered = gathered.get(key) ?? { links: [], evidence: new Map() };
      gathered.set(key, own);
      return own;
    };
    for await (const document of records()) {
      const { remediation } = document;
      const own = of(resourceKey(remediation.service, remediation.ref));
      own.links.push(...linksOf(document));
      own.evidence.set(document.id, evidenceOf(remediation));
    }
    // States last: a record that begins meanwhile has a head by then, and is found missing only until it is looked at again.
    const heads = new Map<string, ProvenChain['head']>();
    for (const list of [ACTIVE, QUIET]) for await (const { key, state } of states(list)) heads.set(key, state.head);
    const keys = new Set([
      ...gathered.keys(),
      ...[...heads].flatMap(([key, { sequence }]) => (sequence > 0 ? [key] : [])),
    ]);
    return new Map(
      [...keys].sort().map((key) => {
        const { links, evidence } = of(key);
        return [key, { head: heads.get(key) ?? START, links: inOrder(links), evidence }];
      }),
    );
  }

  return {
    active,
    async *remediations(since) {
      for await (const { remediation } of records(since === undefined ? {} : { since })) yield remediation;
    },
    async *openFindings() {
      for await (const { key, state } of active())
        for (const finding of Object.values(state.findings))
          yield { ...finding, key, ref: refOfKey(key), arn: state.arn };
    },
    async *remembered(scope) {
      for await (const { key, state } of active(keyPrefix(scope)))
        if (Object.keys(state.lastKnown).length > 0) yield key;
    },
    chains,
    chainKeys: async () => [...(await chains()).keys()],
    async chain(key) {
      const links: Link[] = [];
      const evidence = new Map<string, Evidence>();
      for await (const document of records()) {
        const { remediation } = document;
        if (resourceKey(remediation.service, remediation.ref) !== key) continue;
        links.push(...linksOf(document));
        evidence.set(document.id, evidenceOf(remediation));
      }
      const { pk, sk } = stateKey(key);
      const state = (await store.get(pk, sk))?.document as ResourceState | undefined;
      return { head: state?.head ?? START, links: inOrder(links), evidence };
    },
  };
}

const linksOf = ({ remediation, links }: RecordDocument) => links.map((link) => linkOf(remediation.id, link));
const inOrder = (links: readonly Link[]) => links.toSorted((a, b) => a.sequence - b.sequence);
