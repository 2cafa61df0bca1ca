/** An attribute as it goes over the wire; `B` in base64. */
type AttributeValue = { readonly S?: string; readonly N?: string; readonly B?: string };
type Attributes = Readonly<Record<string, AttributeValue>>;

/** The parts of DynamoDB's requests that say what they cost. */
export interface DynamoCall {
  readonly Item?: Attributes;
  readonly Key?: Attributes;
  readonly TransactItems?: readonly {
    readonly Put?: { readonly Item: Attributes };
    readonly ConditionCheck?: { readonly Key: Attributes };
  }[];
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Attributes[] }>>;
  readonly IndexName?: string;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeValues?: Attributes;
}

/** What a call consumes: units on demand, and bytes that the table and its index grow by. */
export interface Consumed {
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly keptBytes: number;
}

/** An item as it was written last. */
interface Kept {
  readonly pk: string;
  readonly sk: string;
  readonly size: number;
  /** Its place in the index over all resources; undefined where it stands in no list. */
  readonly listed: { readonly list: string; readonly at: string; readonly size: number } | undefined;
}

/** What DynamoDB stores for an item beside its attributes, in the table and in the index. */
const OVERHEAD_BYTES = 100;
const WRITE_UNIT_BYTES = 1_024;
const READ_UNIT_BYTES = 4_096;
/** What the index holds of an item: it projects keys only. */
const INDEX_KEYS = ['pk', 'sk', 'list', 'at'];

const text = (value: AttributeValue | undefined) => value?.S ?? value?.N ?? '';
const bytesOf = ({ B, ...value }: AttributeValue) =>
  B === undefined ? Buffer.byteLength(text(value)) : Buffer.byteLength(B, 'base64');
const sizeOf = (attributes: Attributes) =>
  Object.entries(attributes).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + bytesOf(value), 0);
const units = (bytes: number, unit: number) => Math.max(1, Math.ceil(bytes / unit));
const keyOf = ({ pk, sk }: Attributes) => JSON.stringify([text(pk), text(sk)]);

function keptOf(item: Attributes): Kept {
  const { pk, sk, list, at } = item;
  const keys = Object.fromEntries(Object.entries(item).filter(([name]) => INDEX_KEYS.includes(name)));
  return {
    pk: text(pk),
    sk: text(sk),
    size: sizeOf(item),
    listed: list === undefined ? undefined : { list: text(list), at: text(at), size: sizeOf(keys) },
  };
}

const storedBytes = (kept: Kept | undefined) =>
  kept === undefined
    ? 0
    : kept.size + OVERHEAD_BYTES + (kept.listed === undefined ? 0 : kept.listed.size + OVERHEAD_BYTES);

/** The index is written where an item comes into a list, leaves it or moves within it: the old place is cleared, the new one taken. */
function indexWrites(before: Kept['listed'], now: Kept['listed']): number {
  const isSame = before?.list === now?.list && before?.at === now?.at;
  return isSame ? 0 : [before, now].filter((listed) => listed !== undefined).length;
}

/** Counts what calls to the ledger's table consume. It remembers the items that were written, since what a read costs follows from their size. */
export function consumption(): (call: DynamoCall) => Consumed {
  const table = new Map<string, Kept>();

  /** `times`: 2 in a transaction, which prepares and then commits. */
  function put(item: Attributes, times: number): Consumed {
    const before = table.get(keyOf(item));
    const now = keptOf(item);
    table.set(keyOf(item), now);
    const own = units(Math.max(now.size, before?.size ?? 0), WRITE_UNIT_BYTES) * times;
    return {
      writeUnits: own + indexWrites(before?.listed, now.listed),
      readUnits: 0,
      keptBytes: storedBytes(now) - storedBytes(before),
    };
  }

  const sizeAt = (key: Attributes) => table.get(keyOf(key))?.size ?? 0;
  const wrote = (writeUnits: number): Consumed => ({ writeUnits, readUnits: 0, keptBytes: 0 });
  const read = (readUnits: number): Consumed => ({ writeUnits: 0, readUnits, keptBytes: 0 });
  /** Of a query all that it finds is rounded up once, of a batch each item by itself. */
  const readAll = (sizes: readonly number[]) =>
    units(
      sizes.reduce((sum, size) => sum + size, 0),
      READ_UNIT_BYTES,
    );

  /** An item that is only checked costs as much as a write of it. */
  const check = (key: Attributes) => wrote(units(sizeAt(key), WRITE_UNIT_BYTES) * 2);

  /** The index is read eventually consistent, which costs half as much. */
  function indexQuery({ KeyConditionExpression = '', ExpressionAttributeValues: values = {} }: DynamoCall): Consumed {
    const [list, from] = [text(values[':list']), text(values[':from'])];
    const matches = (at: string) => (KeyConditionExpression.includes('begins_with') ? at.startsWith(from) : at >= from);
    const found = [...table.values()].flatMap(({ listed }) =>
      listed?.list === list && matches(listed.at) ? [listed.size] : [],
    );
    return read(readAll(found) / 2);
  }

  function tableQuery(values: Attributes): Consumed {
    const [of, prefix] = [text(values[':pk']), text(values[':prefix'])];
    const found = [...table.values()].filter(({ pk, sk }) => pk === of && sk.startsWith(prefix));
    return read(readAll(found.map(({ size }) => size)));
  }

  return (call) => {
    const { Item, Key, TransactItems = [], RequestItems = {}, IndexName, ExpressionAttributeValues: values } = call;
    const keys = Object.values(RequestItems).flatMap(({ Keys }) => Keys);
    return summed([
      ...TransactItems.flatMap(({ Put, ConditionCheck }) => [
        ...(Put === undefined ? [] : [put(Put.Item, 2)]),
        ...(ConditionCheck === undefined ? [] : [check(ConditionCheck.Key)]),
      ]),
      ...(Item === undefined ? [] : [put(Item, 1)]),
      ...[...(Key === undefined ? [] : [Key]), ...keys].map((key) => read(units(sizeAt(key), READ_UNIT_BYTES))),
      ...(IndexName === undefined ? [] : [indexQuery(call)]),
      ...(values?.[':pk'] === undefined ? [] : [tableQuery(values)]),
    ]);
  };
}

const summed = (all: readonly Consumed[]): Consumed =>
  all.reduce(
    (sum, one) => ({
      writeUnits: sum.writeUnits + one.writeUnits,
      readUnits: sum.readUnits + one.readUnits,
      keptBytes: sum.keptBytes + one.keptBytes,
    }),
    { writeUnits: 0, readUnits: 0, keptBytes: 0 },
  );
