import type { Cause, Engine } from '../../engine/context.ts';
import { reconcile } from '../../engine/reconcile/reconciler.ts';
import { CONCURRENCY } from '../../engine/sweep/pass.ts';
import type { Aws, ClientClass } from '../../resource.ts';
import type { Result } from '../../result.ts';
import type { Touched } from './activity.ts';

/** What today's state of a resource is, and how many calls it took to read it. */
export interface ReadResource {
  readonly touched: Touched;
  readonly results: readonly Result[];
  readonly calls: number;
}

/** The engine that says what would be done: by the policy's modes and all gates, with clients that can only read. */
export const planningEngine = (engine: Engine): Engine => ({
  ...engine,
  aws: readOnlyClients(engine.aws, () => {}),
  ceiling: 'remediate',
  planOnly: true,
});

/** Reads the resources as they are today, each once, and gives them as they come. `engine` writes nothing. */
export async function* statesOf(resources: Iterable<Touched>, engine: Engine): AsyncGenerator<ReadResource> {
  const cause = causeOf(engine);
  const rest = resources[Symbol.iterator]();
  const running = new Map<number, Promise<readonly [number, ReadResource]>>();
  const begin = (slot: number) => {
    const next = rest.next();
    if (next.done === true) running.delete(slot);
    else
      running.set(
        slot,
        stateOf(next.value, cause, engine).then((read) => [slot, read] as const),
      );
  };
  for (let slot = 0; slot < CONCURRENCY; slot += 1) begin(slot);
  while (running.size > 0) {
    const [slot, read] = await Promise.race(running.values());
    begin(slot);
    yield read;
  }
}

async function stateOf(touched: Touched, cause: Cause, engine: Engine): Promise<ReadResource> {
  let calls = 0;
  const counted = readOnlyClients(engine.aws, () => {
    calls += 1;
  });
  const results = await reconcile(touched.subject, cause, { ...engine, aws: counted });
  return { touched, results, calls };
}

/** No event in particular: the state decides, whoever brought it about. */
const causeOf = ({ clock }: Engine): Cause => ({
  eventId: null,
  eventName: null,
  eventTime: null,
  receivedAt: clock.now().toISOString(),
  attribution: null,
});

/** How the reads of AWS's APIs are called. */
const READ = /^(BatchGet|Check|Describe|Get|Head|List|Lookup|Query|Search)/;

interface Command {
  readonly input: object;
}

/** Clients that refuse every call but reads, and say when one is made. */
export function readOnlyClients(aws: Engine['aws'], onCall: () => void): Engine['aws'] {
  return (home) =>
    <C>(type: ClientClass<C>, region = home): C => {
      const client = (aws(home) as Aws)(type, region) as { send(command: Command, ...rest: unknown[]): unknown };
      const send = async (command: Command, ...rest: unknown[]) => {
        const { name } = command.constructor;
        if (!READ.test(name)) throw new Error(`${name.replace(/Command$/, '')} is no read, and what-if only reads`);
        onCall();
        return client.send(command, ...rest);
      };
      return new Proxy(client, { get: (target, key) => (key === 'send' ? send : Reflect.get(target, key)) }) as C;
    };
}
