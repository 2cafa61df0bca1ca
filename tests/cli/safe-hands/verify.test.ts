import { DeleteItemCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { beforeAll, expect, test } from '@jest/globals';
import { openGroup } from '../../support/drift.ts';
import { makeHands } from '../../support/hands.ts';

const hands = await makeHands();
const { account, evenkeel, table } = hands;
const dynamo = account.aws()(DynamoDBClient);
type Item = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;

let ids: readonly string[];
let whole: readonly Item[];
const items = async () => ((await dynamo.send(new ScanCommand({ TableName: table }))).Items ?? []) as Item[];
const put = (Item: Item) => dynamo.send(new PutItemCommand({ TableName: table, Item: Item as never }));
const remove = ({ pk, sk }: Item) => dynamo.send(new DeleteItemCommand({ TableName: table, Key: { pk, sk } as never }));
const matching = (pattern: RegExp) => whole.filter(({ pk, sk }) => pattern.test(`${pk?.S} ${sk?.S}`));

beforeAll(async () => {
  const group = await openGroup(account, 'chained');
  const first = await hands.opened(group);
  const undo = await evenkeel(['undo', first.remediationId ?? '', '--json']);
  ids = [first.remediationId ?? '', JSON.parse(undo.stdout).undoId];
  whole = await items();
});

/** Does something to the table, verifies, and puts everything back. */
async function after(tamper: () => Promise<unknown>) {
  await tamper();
  const finished = await evenkeel(['verify']);
  for (const item of whole) await put(item);
  return finished;
}

test('a whole ledger passes', async () => {
  expect(await evenkeel(['verify'])).toEqual({ status: 0, stdout: '1 chain, 2 records: whole\n', stderr: '' });
  const { stdout } = await evenkeel(['verify', '--json']);
  expect(JSON.parse(stdout)).toEqual({ resource: expect.stringContaining('|ec2|'), entries: 4, troubles: [] });
});

test.each<[string, () => Promise<unknown>, () => RegExp]>([
  [
    'a record that was altered',
    async () => {
      const [item] = matching(/^REMEDIATION#/);
      await put({ ...item, document: { S: (item?.document?.S ?? '').replace('/jo"', '/ann"') } });
    },
    () => new RegExp(`: (${ids.join('|')}) was altered\n`),
  ],
  [
    'a record that was removed',
    async () => remove(matching(new RegExp(`^REMEDIATION#${ids[0]}`))[0] as Item),
    () => new RegExp(`: ${ids[0]} was removed\n`),
  ],
  ['an entry that was removed', async () => remove(matching(/LINK#0*2$/)[0] as Item), () => /entr(y|ies) 2.* removed/],
  ['the last entry that was removed', async () => remove(matching(/LINK#0*4$/)[0] as Item), () => /ends at entry 3/],
  [
    'an entry that was altered',
    async () => {
      const [item] = matching(/LINK#0*3$/);
      await put({ ...item, document: { S: (item?.document?.S ?? '').replace('begun', 'ended') } });
    },
    () => /entry 3 was altered/,
  ],
  [
    'a chain that was removed whole',
    async () => {
      for (const item of matching(/^CHAIN#/)) await remove(item);
    },
    () => new RegExp(`${ids[0]} is not in the chain\n`),
  ],
])('%s is found', async (_name, tamper, says) => {
  const { status, stdout, stderr } = await after(tamper);
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(stdout).toMatch(says());
  expect(stdout).toMatch(/: 1 chain is not whole\n$/);
});
