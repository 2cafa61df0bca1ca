import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { PolicyDocument } from '../../shared/policy/policy.ts';
import type { Result } from '../../shared/result.ts';

const SCRIPT = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** What a process made of an event. */
export interface Answer {
  readonly results: readonly Result[];
  /** What it told people. */
  readonly told: readonly string[];
}

/** A process of its own that works on events, one after the other. */
export interface Worker {
  work(event: unknown): Promise<Answer>;
  end(): Promise<void>;
}

/** Starts processes that are ready to work, each with a ledger in DynamoDB. */
export const startWorkers = (
  count: number,
  env: Readonly<Record<string, string>>,
  policy: PolicyDocument,
): Promise<readonly Worker[]> => Promise.all(Array.from({ length: count }, () => startWorker(env, policy)));

async function startWorker(env: Readonly<Record<string, string>>, policy: PolicyDocument): Promise<Worker> {
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(policy)], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('a worker has ended before its work');
    return JSON.parse(value);
  };
  await next();
  let last: Promise<unknown> = Promise.resolve();
  return {
    work(event) {
      child.stdin.write(`${JSON.stringify(event)}\n`);
      const answer = last.then(next);
      last = answer;
      return answer;
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
