import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import type { Result } from '../../shared/result.ts';

/** A process of its own that works on tasks, one after the other. */
export interface Worker<Task, Answer> {
  work(task: Task): Promise<Answer>;
  end(): Promise<void>;
}

/** What a process with the engine made of an event. */
export interface EngineAnswer {
  readonly results: readonly Result[];
  /** What it notified people of. */
  readonly told: readonly string[];
}

/** Starts processes that are ready to work on events, each with the engine and a ledger in DynamoDB. */
export const startWorkers = (
  count: number,
  env: Readonly<Record<string, string>>,
  policy: PolicyDocument,
): Promise<readonly Worker<unknown, EngineAnswer>[]> => startProcesses('./worker.ts', count, env, policy);

/** Starts processes of a script that answers a line for its start, and then one for each line that it is given. Its first argument is `argument`, as JSON. */
export const startProcesses = <Task, Answer>(
  script: string,
  count: number,
  env: Readonly<Record<string, string>>,
  argument: unknown,
): Promise<readonly Worker<Task, Answer>[]> =>
  Promise.all(Array.from({ length: count }, () => startProcess<Task, Answer>(script, env, argument)));

async function startProcess<Task, Answer>(
  script: string,
  env: Readonly<Record<string, string>>,
  argument: unknown,
): Promise<Worker<Task, Answer>> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, JSON.stringify(argument)], {
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '', ...env },
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface(child.stdio[3] as Readable)[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('a worker has ended before its work');
    return JSON.parse(value);
  };
  await next();
  let last: Promise<unknown> = Promise.resolve();
  return {
    work(task) {
      child.stdin?.write(`${JSON.stringify(task)}\n`);
      const answer = last.then(next);
      last = answer;
      return answer;
    },
    async end() {
      child.stdin?.end();
      await ended;
    },
  };
}
