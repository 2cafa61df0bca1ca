import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';
import { ADDITIONS_FILE, type Additions } from '../../scripts/generate/proofs.ts';
import type { Aws, ClientClass } from '../../shared/resource.ts';
import { operationOf, serviceOf } from '../../shared/step.ts';

/** What the local account sets where the answer is not moto's own: scripts/sandbox/additions.py. */
const HEADER = 'x-evenkeel-addition';

interface Stack {
  add(middleware: (next: Next, context: { commandName: string }) => Next, options: object): void;
}
type Next = (args: object) => Promise<{ readonly response?: unknown }>;

/** The same clients, with the names of the calls that only our additions to moto answer, `ssm:DescribeInstanceInformation`. */
export function watchAdditions(aws: (region?: string) => Aws): {
  readonly aws: (region?: string) => Aws;
  readonly calls: ReadonlySet<string>;
} {
  const calls = new Set<string>();
  const watched = new Set<unknown>();
  const watch =
    (home?: string): Aws =>
    <C>(type: ClientClass<C>, region?: string): C => {
      const client = region === undefined ? aws(home)(type) : aws(home)(type, region);
      if (watched.has(client)) return client;
      watched.add(client);
      const see =
        (next: Next, { commandName }: { commandName: string }) =>
        async (args: object) => {
          const result = await next(args);
          const { headers = {} } = (result.response ?? {}) as { headers?: Readonly<Record<string, string>> };
          const operation = operationOf({ name: commandName });
          if (HEADER in headers) calls.add(`${serviceOf(type as ClientClass<object>)}:${operation}`);
          return result;
        };
      (client as { middlewareStack: Stack }).middlewareStack.add(see, { step: 'deserialize', name: 'additions' });
      return client;
    };
  return { aws: watch, calls };
}

/** Fails unless these are the calls that the table of proofs names for the control; `npm run proofs` writes them instead. */
export function expectAdditions(id: string, calls: ReadonlySet<string>): void {
  const file = `${ROOT}${ADDITIONS_FILE}`;
  const known: Additions = JSON.parse(readFileSync(file, 'utf8'));
  const { [id]: own = [], ...others } = known;
  if (process.env.EVENKEEL_WRITE_PROOFS === undefined) expect([...calls].sort()).toEqual(own);
  else {
    const all = calls.size === 0 ? others : { ...others, [id]: [...calls].sort() };
    const sorted = Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
  }
}
