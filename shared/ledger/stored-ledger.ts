import { breakersIn } from './breaker.ts';
import { type Head, type Link, linkAfter, START } from './chain.ts';
import type { Flap } from './flap.ts';
import { heartbeatsIn } from './heartbeats.ts';
import { LEASE, leasesIn, standing } from './lease.ts';
import {
  type Exemption,
  type Finding,
  isOpen,
  keyPrefix,
  type Ledger,
  type Pause,
  type Remediation,
  type RemediationStatus,
  resourceKey,
} from './ledger.ts';
import { type Item, insisting, revise, type Store, type Write } from './store.ts';
import { sweepsIn } from './sweep-claim.ts';
import { troubleBookIn } from './troubles.ts';

const FINDING = 'FINDING#';
const FLAP = 'FLAP#';
const OPEN = 'OPEN#';
const LAST_KNOWN = 'LASTKNOWN';
const RECORD = 'RECORD';
const HEAD = 'HEAD';
const LINK = 'LINK#';
const EXEMPTIONS = 'EXEMPTIONS';
const PAUSES = 'PAUSES';
const EVERYTHING = 'EVERYTHING';
/** Lists over all resources. */
const OPEN_FINDINGS = 'FINDING';
const REMEDIATIONS = 'REMEDIATION';
const CHAINS = 'CHAIN';
const REMEMBERED = 'LASTKNOWN';
const TOLD = 'TOLD';

const resourcePk = (key: string) => `RESOURCE#${key}`;
const chainPk = (key: string) => `CHAIN#${key}`;
const recordPk = (id: string) => `REMEDIATION#${id}`;
const linkSk = (sequence: number) => `${LINK}${String(sequence).padStart(8, '0')}`;

/** The ledger over a store. `now` gives milliseconds since 1970. */
export function ledgerIn(store: Store, now: () => number = Date.now): Ledger {
  /** Writes an item whatever stood there: its only writer is the holder of the resource's lease, or the last word wins. */
  const put = (pk: string, sk: string, document: unknown, listed?: Write['listed']): Promise<void> =>
    insisting(async () => {
      const read = (await store.get(pk, sk))?.version ?? 0;
      await store.commit([{ pk, sk, read, document, ...(listed === undefined ? {} : { listed }) }]);
    });

  /** The writes that chain a record's beginning or its end. */
  async function chaining(key: string, phase: Link['phase'], remediation: Remediation): Promise<readonly Write[]> {
    const pk = chainPk(key);
    const item = await store.get(pk, HEAD);
    const link = linkAfter((item?.document as Head | undefined) ?? START, phase, remediation.id, remediation);
    return [
      { pk, sk: linkSk(link.sequence), read: 0, document: link },
      {
        pk,
        sk: HEAD,
        read: item?.version ?? 0,
        document: { sequence: link.sequence, hash: link.hash },
        listed: { list: CHAINS, at: key },
      },
    ];
  }

  async function saveRemediation(remediation: Remediation): Promise<void> {
    const key = resourceKey(remediation.service, remediation.ref);
    const id = remediation.id;
    const [record, marker] = await Promise.all([
      store.get(recordPk(id), RECORD),
      store.get(resourcePk(key), `${OPEN}${id}`),
    ]);
    const known = record?.document as Remediation | undefined;
    if (known !== undefined && !mayFollow(known.status, remediation.status))
      throw new Error(`${id} is ${known.status} by now and cannot become ${remediation.status}`);
    const phase = !isOpen(remediation) ? 'ended' : known === undefined ? 'begun' : null;
    const marked = (marker?.document ?? null) !== null;
    const mark = isOpen(remediation) ? { id } : null;
    const marking =
      marked === (mark !== null)
        ? []
        : [{ pk: resourcePk(key), sk: `${OPEN}${id}`, read: marker?.version ?? 0, document: mark }];
    const listed = { list: REMEDIATIONS, at: `${remediation.times.decided}#${id}` };
    const write = { pk: recordPk(id), sk: RECORD, read: record?.version ?? 0, document: remediation, listed };
    const links = phase === null ? [] : await chaining(key, phase, remediation);
    await store.commit([write, ...marking, ...links]);
  }

  return {
    ...leasesIn(store, resourcePk, now),
    breakers: breakersIn(store, now),
    heartbeats: heartbeatsIn(store),
    troubles: troubleBookIn(store),
    sweeps: sweepsIn(store, now),
    async recall(key) {
      const items = await store.query(resourcePk(key));
      const of = (prefix: string) => items.filter(({ sk }) => sk.startsWith(prefix));
      const document = (name: string) => items.find(({ sk }) => sk === name)?.document ?? null;
      return {
        findings: of(FINDING).map((item) => item.document as Finding),
        lastKnown: document(LAST_KNOWN),
        open: of(OPEN).map(({ sk }) => sk.slice(OPEN.length)),
        flaps: new Map(of(FLAP).map((item) => [item.sk.slice(FLAP.length), item.document as Flap])),
        ...standing(document(LEASE), now()),
      };
    },
    saveFinding: (key, finding) =>
      put(
        resourcePk(key),
        `${FINDING}${finding.controlId}`,
        finding,
        finding.status === 'open'
          ? { list: OPEN_FINDINGS, at: `${finding.firstSeen}#${key}#${finding.controlId}` }
          : undefined,
      ),
    async *openFindings() {
      for await (const { pk, document } of store.list(OPEN_FINDINGS))
        yield { ...(document as Finding), key: pk.slice(resourcePk('').length) };
    },
    remember: (key, state) => put(resourcePk(key), LAST_KNOWN, state, { list: REMEMBERED, at: key }),
    async *remembered(scope) {
      const prefix = keyPrefix(scope);
      for await (const { listed } of store.list(REMEMBERED, prefix)) {
        if (listed === undefined || !listed.at.startsWith(prefix)) return;
        yield listed.at;
      }
    },
    saveFlap: (key, controlId, flap) => put(resourcePk(key), `${FLAP}${controlId}`, flap),
    saveRemediation: (remediation) => insisting(() => saveRemediation(remediation)),
    remediation: async (id) => ((await store.get(recordPk(id), RECORD))?.document as Remediation | undefined) ?? null,
    async *remediations(since) {
      for await (const { document } of store.list(REMEDIATIONS, since)) yield document as Remediation;
    },
    chainKeys: async () => (await Array.fromAsync(store.list(CHAINS))).map(({ listed }) => listed?.at ?? ''),
    async chain(key) {
      const items = await store.query(chainPk(key));
      const head = items.find(({ sk }) => sk === HEAD)?.document as Head | undefined;
      return { head: head ?? START, links: items.filter(isLink).map(({ document }) => document as Link) };
    },
    exemptions: async () => (await store.query(EXEMPTIONS)).map(({ document }) => document as Exemption),
    saveExemption: (exemption) => put(EXEMPTIONS, exemption.id, exemption),
    pauses: async () => (await store.query(PAUSES)).map(({ document }) => document as Pause),
    pause: (pause) => put(PAUSES, pause.control ?? EVERYTHING, pause),
    resume: (control) =>
      revise(store, [{ pk: PAUSES, sk: control ?? EVERYTHING }], ([document]) => ({
        next: [document === null ? undefined : null],
        answer: document !== null,
      })),
    heard: async (what) => ((await store.get(TOLD, what))?.document ?? null) !== null,
    once: (what) =>
      revise(store, [{ pk: TOLD, sk: what }], ([document]) => ({
        next: [document === null ? { at: new Date(now()).toISOString() } : undefined],
        answer: document === null,
      })),
  };
}

/** What waits for a person is decided once, and what has ended stays so; a run that was taken for dead may still say how it ended. */
const mayFollow = (before: RemediationStatus, after: RemediationStatus): boolean =>
  before === 'awaitingApproval' ||
  (after !== 'awaitingApproval' &&
    !DECIDED.includes(before) &&
    !DECIDED.includes(after) &&
    (before === 'applying' || after !== 'applying'));
const DECIDED: readonly RemediationStatus[] = ['rejected', 'expired', 'superseded'];

const isLink = ({ sk }: Item) => sk.startsWith(LINK);
