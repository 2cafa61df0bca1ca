import { DeleteItemCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, expect, test } from '@jest/globals';
import { pack, unpack } from '../../../shared/ledger/codec.ts';
import { makeHands } from '../../support/cli-fixture.ts';
import type { Finished } from '../../support/command.ts';
import { openGroup } from '../../support/drift.ts';

const hands = await makeHands();
const { account, evenkeel, table } = hands;
const dynamo = account.aws()(DynamoDBClient);

interface Item {
  readonly pk: { readonly S: string };
  readonly sk: { readonly S: string };
  readonly document: { readonly S: string } | { readonly B: Uint8Array };
}
const put = (item: Item) => dynamo.send(new PutItemCommand({ TableName: table, Item: { ...item } }));
const remove = ({ pk, sk }: Item) => dynamo.send(new DeleteItemCommand({ TableName: table, Key: { pk, sk } }));
/** The item with something else in its document. */
function rewrite({ document, ...item }: Item, from: string, to: string) {
  const text = JSON.stringify(unpack('S' in document ? document.S : document.B));
  expect(text).toContain(from);
  const packed = pack(JSON.parse(text.replace(from, to)));
  return put({ ...item, document: typeof packed === 'string' ? { S: packed } : { B: packed } });
}

/** What is done to the evidence of a resource, and what has to be said of it. */
interface Tampering {
  readonly says: (id: string) => string;
  tamper(record: Item, state: Item): Promise<unknown>;
}
const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  'a record that was altered': {
    tamper: (record) => rewrite(record, '/jo"', '/ann"'),
    says: (id) => `${id} was altered`,
  },
  'a record that was removed': {
    tamper: (record) => remove(record),
    says: () => 'the chain ends at entry 0, and should end at 2',
  },
  'an entry that was removed': {
    tamper: (record) => rewrite(record, '"links":[{"sequence":1,', '"links":[{"sequence":3,'),
    says: () => 'the chain ends at entry 3, and should end at 2',
  },
  'an entry that was altered': {
    tamper: (record) => rewrite(record, '"phase":"begun"', '"phase":"ended"'),
    says: () => 'entry 2 does not follow entry 1',
  },
  'a head that was set back': {
    tamper: (_record, state) => rewrite(state, '"head":{"sequence":2,', '"head":{"sequence":1,'),
    says: () => 'the chain ends at entry 2, and should end at 1',
  },
  'a resource whose state was removed': {
    tamper: (_record, state) => remove(state),
    says: () => 'the chain ends at entry 2, and should end at 0',
  },
};

const ids = new Map<string, { readonly id: string; readonly group: string }>();
let intact: Finished;
let tampered: Finished;

beforeAll(async () => {
  for (const name of [...Object.keys(TAMPERINGS), 'what nobody touched']) {
    const group = await openGroup(account, name);
    const { remediationId } = await hands.opened(group);
    ids.set(name, { id: remediationId ?? '', group });
  }
  intact = await evenkeel(['verify']);
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: table }));
  const items = Items as unknown as readonly Item[];
  for (const [name, { tamper }] of Object.entries(TAMPERINGS)) {
    const { id = '', group = '' } = ids.get(name) ?? {};
    const record = items.find(({ pk }) => pk.S === `REMEDIATION#${id}`) as Item;
    const state = items.find(({ pk }) => pk.S.startsWith('RESOURCE#') && pk.S.endsWith(group)) as Item;
    await tamper(record, state);
  }
  tampered = await evenkeel(['verify', '--json']);
});

test('an intact ledger passes', () => {
  expect(intact).toEqual({ status: 0, stdout: '7 chains, 7 records: intact\n', stderr: '' });
});

test.each(Object.entries(TAMPERINGS))('%s is found', (name, { says }) => {
  const { id = '', group = '' } = ids.get(name) ?? {};
  const lines = tampered.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { errors } = lines.find(({ resource }) => resource.endsWith(group));
  expect(errors).toContainEqual(expect.stringContaining(says(id)));
});

test('an untouched chain is intact all the same, and the command fails', async () => {
  expect(tampered).toMatchObject({ status: 1, stderr: '' });
  const untouched = tampered.stdout.split('\n').filter((line) => line.includes('"errors":[]'));
  expect(untouched).toEqual([expect.stringContaining(ids.get('what nobody touched')?.group ?? '')]);
  const words = await evenkeel(['verify']);
  expect(words.status).toBe(1);
  expect(words.stdout).toMatch(/sg-\w+: rem-\S+ was altered\n[\s\S]*: 6 chains are broken\n$/);
});
