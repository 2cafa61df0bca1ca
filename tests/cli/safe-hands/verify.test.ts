import { DeleteItemCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, expect, test } from '@jest/globals';
import type { Finished } from '../../support/command.ts';
import { openGroup } from '../../support/drift.ts';
import { makeHands } from '../../support/hands.ts';

const hands = await makeHands();
const { account, evenkeel, table } = hands;
const dynamo = account.aws()(DynamoDBClient);

interface Item {
  readonly pk: { readonly S: string };
  readonly sk: { readonly S: string };
  readonly document: { readonly S: string };
}
const put = (item: Item) => dynamo.send(new PutItemCommand({ TableName: table, Item: { ...item } }));
const remove = ({ pk, sk }: Item) => dynamo.send(new DeleteItemCommand({ TableName: table, Key: { pk, sk } }));
const rewrite = (item: Item, from: string, to: string) => {
  expect(item.document.S).toContain(from);
  return put({ ...item, document: { S: item.document.S.replace(from, to) } });
};

/** What is done to the evidence of a resource, and what has to be said of it. */
interface Tampering {
  readonly says: (id: string) => string;
  tamper(record: Item, link: (sequence: number) => Item, chain: readonly Item[]): Promise<unknown>;
}
const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  'a record that was altered': {
    tamper: (record) => rewrite(record, '/jo"', '/ann"'),
    says: (id) => `${id} was altered`,
  },
  'a record that was removed': { tamper: (record) => remove(record), says: (id) => `${id} was removed` },
  'an entry that was removed': { tamper: (_, link) => remove(link(1)), says: () => 'entries 1 to 1 were removed' },
  'the last entry that was removed': {
    tamper: (_, link) => remove(link(2)),
    says: () => 'the chain ends at entry 1, and should end at 2',
  },
  'an entry that was altered': {
    tamper: (_, link) => rewrite(link(1), '"begun"', '"ended"'),
    says: () => 'entry 1 was altered',
  },
  'a chain that was removed whole': {
    tamper: (_record, _link, chain) => Promise.all(chain.map(remove)),
    says: (id) => `${id} is not in the chain`,
  },
};

const ids = new Map<string, { readonly id: string; readonly group: string }>();
let whole: Finished;
let tampered: Finished;

beforeAll(async () => {
  for (const name of [...Object.keys(TAMPERINGS), 'what nobody touched']) {
    const group = await openGroup(account, name);
    const { remediationId } = await hands.opened(group);
    ids.set(name, { id: remediationId ?? '', group });
  }
  whole = await evenkeel(['verify']);
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: table }));
  const items = Items as unknown as readonly Item[];
  for (const [name, { tamper }] of Object.entries(TAMPERINGS)) {
    const { id = '', group = '' } = ids.get(name) ?? {};
    const record = items.find(({ pk }) => pk.S === `REMEDIATION#${id}`) as Item;
    const chain = items.filter(({ pk }) => pk.S.startsWith('CHAIN#') && pk.S.endsWith(group));
    const link = (sequence: number) => chain.find(({ sk }) => sk.S.endsWith(`000${sequence}`)) as Item;
    await tamper(record, link, chain);
  }
  tampered = await evenkeel(['verify', '--json']);
});

test('a whole ledger passes', () => {
  expect(whole).toEqual({ status: 0, stdout: '7 chains, 7 records: whole\n', stderr: '' });
});

test.each(Object.entries(TAMPERINGS))('%s is found', (name, { says }) => {
  const { id = '', group = '' } = ids.get(name) ?? {};
  const lines = tampered.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { troubles } = lines.find(({ resource }) => resource.endsWith(group));
  expect(troubles).toContainEqual(expect.stringContaining(says(id)));
});

test('what nobody touched is whole all the same, and the run has failed', async () => {
  expect(tampered).toMatchObject({ status: 1, stderr: '' });
  const whole = tampered.stdout.split('\n').filter((line) => line.includes('"troubles":[]'));
  expect(whole).toEqual([expect.stringContaining(ids.get('what nobody touched')?.group ?? '')]);
  const words = await evenkeel(['verify']);
  expect(words.status).toBe(1);
  expect(words.stdout).toMatch(/sg-\w+: rem-\S+ was altered\n[\s\S]*: 6 chains are not whole\n$/);
});
