import { describe, expect, test } from '@jest/globals';
import { cachingReads } from '../../shared/aws/caching-clients.ts';
import type { Aws } from '../../shared/resource.ts';

class Command {
  readonly input: object;
  constructor(input: object = {}) {
    this.input = input;
  }
}
class DescribeBoxCommand extends Command {}
class GetBoxCommand extends Command {}
class ListBoxesCommand extends Command {}
class PutBoxCommand extends Command {}
class OneClient {}
class OtherClient {}

/** Clients that count what reaches AWS. */
function stage(answer: () => Promise<unknown> = async () => ({})) {
  const sent: string[] = [];
  const aws =
    (home: string) =>
    (type: { name: string }, region = home) => ({
      config: { region },
      send: (command: Command) => {
        sent.push(`${type.name} ${region} ${command.constructor.name} ${JSON.stringify(command.input)}`);
        return answer();
      },
    });
  const clients = cachingReads(aws as unknown as (region: string) => Aws);
  const send = (command: Command, type: object = OneClient, home = 'eu-west-1', region?: string) => {
    const client = clients(home)(type as never, region) as { send(command: Command): Promise<unknown> };
    return client.send(command);
  };
  return { sent, send, clients };
}

describe('the same read', () => {
  test.each([[DescribeBoxCommand], [GetBoxCommand], [ListBoxesCommand]])('is made once: %p', async (Read) => {
    const { sent, send } = stage();
    expect(await send(new Read({ id: 1 }))).toBe(await send(new Read({ id: 1 })));
    expect(sent).toHaveLength(1);
  });

  test('is made once also where it is asked for at the same time', async () => {
    const { sent, send } = stage();
    await Promise.all([send(new GetBoxCommand()), send(new GetBoxCommand())]);
    expect(sent).toHaveLength(1);
  });

  test.each<[string, [Command, object?, string?, string?]]>([
    ['of another input', [new GetBoxCommand({ id: 2 })]],
    ['of another operation', [new DescribeBoxCommand({ id: 1 })]],
    ['of another service', [new GetBoxCommand({ id: 1 }), OtherClient]],
    ['of another region', [new GetBoxCommand({ id: 1 }), OneClient, 'us-east-1']],
    ['of another region by name', [new GetBoxCommand({ id: 1 }), OneClient, 'eu-west-1', 'us-east-1']],
  ])('%s is another one', async (_what, other) => {
    const { sent, send } = stage();
    await send(new GetBoxCommand({ id: 1 }));
    await send(...other);
    expect(new Set(sent).size).toBe(2);
  });

  test('is of one region however that was named', async () => {
    const { sent, send } = stage();
    await send(new GetBoxCommand(), OneClient, 'eu-west-1', 'us-east-1');
    await send(new GetBoxCommand(), OneClient, 'us-east-1');
    expect(sent).toHaveLength(1);
  });

  test('that failed is asked again', async () => {
    const { sent, send } = stage(() => Promise.reject(new Error('denied')));
    await expect(send(new GetBoxCommand())).rejects.toThrow('denied');
    await expect(send(new GetBoxCommand())).rejects.toThrow('denied');
    expect(sent).toHaveLength(2);
  });
});

test('a write is made as often as it is asked for', async () => {
  const { sent, send } = stage();
  await send(new PutBoxCommand());
  await send(new PutBoxCommand());
  expect(sent).toHaveLength(2);
});

test('what was not asked for in a long while is forgotten first', async () => {
  const { sent, send } = stage();
  await send(new GetBoxCommand({ id: 'often' }));
  for (let id = 0; id < 999; id += 1) await send(new GetBoxCommand({ id }));
  await send(new GetBoxCommand({ id: 'often' }));
  await send(new GetBoxCommand({ id: 'one more' }));
  sent.length = 0;
  await send(new GetBoxCommand({ id: 'often' }));
  expect(sent).toEqual([]);
  await send(new GetBoxCommand({ id: 0 }));
  expect(sent).toHaveLength(1);
});

test('all else of a client is its own', () => {
  const { clients } = stage();
  const client = clients('eu-west-1')(OneClient as never) as unknown as { config: { region: string } };
  expect(client.config).toEqual({ region: 'eu-west-1' });
});
