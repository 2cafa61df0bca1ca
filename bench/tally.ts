import type { PassingCall } from '../scripts/sandbox/one-at-a-time.ts';
import type { Counts } from './cost-model.ts';

/** What calls to AWS amount to. Time, log and invocations are not seen in them. */
export type Tally = Pick<
  Counts,
  'sqsRequests' | 'writeUnits' | 'readUnits' | 'publishes' | 'ownEvents' | 's3Requests' | 'calls' | 'keptBytes'
>;
const NOTHING: Tally = {
  sqsRequests: 0,
  writeUnits: 0,
  readUnits: 0,
  publishes: 0,
  ownEvents: 0,
  s3Requests: 0,
  calls: 0,
  keptBytes: 0,
};

type AttributeValue = { readonly S?: string; readonly N?: string; readonly B?: string };
type Attributes = Readonly<Record<string, AttributeValue>>;
interface DynamoCall {
  readonly Item?: Attributes;
  readonly Key?: Attributes;
  readonly TransactItems?: readonly { readonly Put?: { readonly Item: Attributes } }[];
  readonly IndexName?: string;
  readonly ExpressionAttributeValues?: Attributes;
}
/** An item as it was written last. */
interface Kept {
  readonly pk: string;
  readonly sk: string;
  readonly size: number;
  readonly list: string | undefined;
  readonly at: string | undefined;
}

/** DynamoDB counts so many bytes for an item beside what is in it. */
const OVERHEAD = 100;
const text = (value: AttributeValue | undefined) => value?.S ?? value?.N ?? value?.B ?? '';
const sizeOf = (item: Attributes) =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(text(value)),
    0,
  );
const units = (bytes: number, unit: number) => Math.max(1, Math.ceil(bytes / unit));

/** Adds up what passing calls cost. It remembers the items that were written, since what a read costs follows from their size. */
export function tallying(): { see(call: PassingCall): void; taken(): Tally } {
  const table = new Map<string, Kept>();
  let tally = NOTHING;
  const add = (more: Partial<Tally>) => {
    const sum = (name: keyof Tally) => tally[name] + (more[name] ?? 0);
    tally = Object.fromEntries(Object.keys(tally).map((name) => [name, sum(name as keyof Tally)])) as unknown as Tally;
  };

  /** `times`: 2 in a transaction, which prepares and then commits. The index holds keys only: it is written where an item comes into a list, leaves it or moves. */
  function put(item: Attributes, times: number): void {
    const [pk, sk, size] = [text(item.pk), text(item.sk), sizeOf(item)];
    const key = JSON.stringify([pk, sk]);
    const before = table.get(key);
    const now: Kept = { pk, sk, size, list: item.list?.S, at: item.at?.S };
    table.set(key, now);
    const isSame = before?.list === now.list && before?.at === now.at;
    const indexed = isSame ? 0 : [before?.list, now.list].filter((list) => list !== undefined).length;
    const stored = (kept: Kept | undefined) =>
      kept === undefined ? 0 : (kept.size + OVERHEAD) * (kept.list === undefined ? 1 : 2);
    add({
      writeUnits: units(Math.max(size, before?.size ?? 0), 1024) * times + indexed,
      keptBytes: stored(now) - stored(before),
    });
  }

  const bytesOf = (matches: (kept: Kept) => boolean) =>
    [...table.values()].filter(matches).reduce((sum, { size }) => sum + size, 0);

  function seeDynamo({ Item, Key, TransactItems = [], IndexName, ExpressionAttributeValues: values = {} }: DynamoCall) {
    for (const { Put } of TransactItems) {
      if (Put !== undefined) put(Put.Item, 2);
      // A check of an item that is not written costs as much as a write of it.
      else add({ writeUnits: 2 });
    }
    if (Item !== undefined) put(Item, 1);
    if (Key !== undefined) {
      const size = table.get(JSON.stringify([text(Key.pk), text(Key.sk)]))?.size ?? 0;
      add({ readUnits: units(size, 4096) });
    }
    if (IndexName !== undefined) {
      const [list, since] = [text(values[':list']), text(values[':since'])];
      add({
        readUnits:
          units(
            bytesOf((kept) => kept.list === list && (kept.at ?? '') >= since),
            4096,
          ) / 2,
      });
    } else if (values[':pk'] !== undefined) {
      const [of, prefix] = [text(values[':pk']), text(values[':prefix'])];
      add({
        readUnits: units(
          bytesOf(({ pk, sk }) => pk === of && sk.startsWith(prefix)),
          4096,
        ),
      });
    }
  }

  return {
    see({ service, body }) {
      add({ calls: 1 });
      if (service === 'dynamodb') seeDynamo(JSON.parse(body));
      else if (service === 'sqs') add({ sqsRequests: 1 });
      else if (service === 's3') add({ s3Requests: 1 });
      else if (service === 'events') add({ ownEvents: JSON.parse(body).Entries?.length ?? 0 });
      else if (service === 'sns' && /(^|&)Action=Publish(&|$)/.test(body)) add({ publishes: 1 });
    },
    taken() {
      const taken = tally;
      tally = NOTHING;
      return taken;
    },
  };
}
