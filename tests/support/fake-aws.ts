import type { Aws } from '../../shared/resource.ts';

type Handler = (input: Readonly<Record<string, unknown>>) => unknown;

/** AWS in memory: the operations that a test answers itself, and the calls that were made. */
export function fakeAws(handlers: Readonly<Record<string, Handler>>) {
  const calls: { readonly operation: string; readonly input: Readonly<Record<string, unknown>> }[] = [];
  const send = async (command: { readonly input: Readonly<Record<string, unknown>> }) => {
    const operation = command.constructor.name.replace(/Command$/, '');
    calls.push({ operation, input: command.input });
    const handler = handlers[operation];
    if (handler === undefined) throw new Error(`nobody answers ${operation}`);
    return handler(command.input);
  };
  const aws = (() => ({ send })) as unknown as Aws;
  return { aws, calls };
}

type Attributes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A table of DynamoDB in memory, as far as single items go. */
export function fakeTable() {
  const items = new Map<string, Attributes>();
  const keyOf = ({ pk, sk }: Attributes) => `${pk?.S}|${sk?.S}`;
  const handlers: Readonly<Record<string, Handler>> = {
    GetItem: ({ Key }) => ({ Item: items.get(keyOf(Key as Attributes)) }),
    PutItem: ({ Item, ConditionExpression }) => {
      const key = keyOf(Item as Attributes);
      if (ConditionExpression !== undefined && items.has(key))
        throw Object.assign(new Error('The conditional request failed'), { name: 'ConditionalCheckFailedException' });
      items.set(key, Item as Attributes);
      return {};
    },
  };
  return { items, handlers };
}
