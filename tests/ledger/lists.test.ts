import { expect, test } from '@jest/globals';
import { chainErrors, evidenceErrors } from '../../shared/ledger/chain.ts';
import { resourceKey } from '../../shared/ledger/keys.ts';
import type { ProvenChain } from '../../shared/ledger/ledger.ts';
import { listsIn } from '../../shared/ledger/lists.ts';
import { memoryStore } from '../../shared/ledger/memory.ts';
import { RECORDS, recordKey, stateKey } from '../../shared/ledger/session.ts';
import { NEW_RESOURCE } from '../../shared/ledger/state.ts';
import { ledgerIn } from '../../shared/ledger/stored-ledger.ts';
import { change, findingOf, REF, remediationOf, saveRecord } from '../support/ledger-fixtures.ts';

const KEY = resourceKey('ec2', REF);
const OTHER = { ...REF, resourceId: 'sg-2' };
const OTHER_KEY = resourceKey('ec2', OTHER);

async function scene() {
  const store = memoryStore();
  const ledger = ledgerIn(store);
  await saveRecord(ledger, remediationOf('rem-1', { status: 'remediated' }));
  await saveRecord(ledger, remediationOf('rem-2', { ref: OTHER }));
  await change(ledger, KEY, { findings: { a: findingOf('a') } });
  await change(ledger, OTHER_KEY, { lastKnown: { group: {} } });
  return { store, lists: listsIn(store) };
}

test('findings and what is remembered are found through the resources that are active', async () => {
  const { lists } = await scene();
  expect((await Array.fromAsync(lists.active())).map(({ key }) => key).sort()).toEqual([KEY, OTHER_KEY].sort());
  expect(await Array.fromAsync(lists.openFindings())).toMatchObject([{ key: KEY, ref: REF, controlId: 'a' }]);
  const scope = { accountId: REF.accountId, region: REF.region, service: 'ec2' };
  expect(await Array.fromAsync(lists.remembered(scope))).toEqual([OTHER_KEY]);
  expect(await Array.fromAsync(lists.remembered({ ...scope, service: 's3' }))).toEqual([]);
});

test('each chain is whole, with its own records and no others', async () => {
  const { lists } = await scene();
  const chains = await lists.chains();
  expect([...chains.keys()]).toEqual([KEY, OTHER_KEY].sort());
  expect(await lists.chainKeys()).toEqual([...chains.keys()]);
  for (const [key, { head, links, evidence }] of chains) {
    expect(chainErrors(head, links, (id) => evidence.get(id) ?? null)).toEqual([]);
    expect(await lists.chain(key)).toEqual({ head, links, evidence });
    expect([...evidence.keys()]).toEqual([key === KEY ? 'rem-1' : 'rem-2']);
  }
});

test('a record that stands in the place of another is found in every chain that it concerns', async () => {
  const { store, lists } = await scene();
  const ids = ['rem-1', 'rem-2'] as const;
  const [first, second] = await Promise.all(ids.map((id) => store.get(recordKey(id).pk, recordKey(id).sk)));
  if (!first || !second) throw new TypeError('there are no records');
  const put = (item: typeof first, document: unknown, at: string) =>
    store.commit([{ ...recordKey(at), read: item.version, document, listed: { list: RECORDS, at } }]);
  await put(first, second.document, 'rem-1');
  await put(second, first.document, 'rem-2');
  const chains = await lists.chains();
  const errorsIn = ({ head, links, evidence }: ProvenChain) => evidenceErrors(head, links, evidence);
  for (const [key, own, other] of [
    [KEY, 'rem-1', 'rem-2'],
    [OTHER_KEY, 'rem-2', 'rem-1'],
  ] as const) {
    const chain = chains.get(key);
    if (chain === undefined) throw new TypeError(`there is no chain of ${key}`);
    expect(errorsIn(chain)).toEqual([`${own} was removed`, `${other} is not in the chain`]);
    expect(errorsIn(await lists.chain(key))).toEqual(errorsIn(chain));
  }
});

test('a chain whose records were all removed is still listed, by its head', async () => {
  const store = memoryStore();
  const head = { sequence: 2, hash: 'h' };
  const listed = { list: 'QUIET', at: KEY };
  await store.commit([{ ...stateKey(KEY), read: 0, document: { ...NEW_RESOURCE, head }, listed }]);
  const chains = await listsIn(store).chains();
  expect([...chains]).toEqual([[KEY, { head, links: [], evidence: new Map() }]]);
  expect(chainErrors(head, [], () => null)).not.toEqual([]);
});
