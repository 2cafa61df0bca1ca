import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Draw } from './draw.ts';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';
import type { Journal } from './journal.ts';
import type { Post, Task, TaskAnswer } from './task.ts';
import type { Trial } from './trial.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
/** Where processes keep what they have compiled, so that the next one starts sooner. */
const NODE_COMPILE_CACHE = join(tmpdir(), 'evenkeel-storm-compiled');

interface Worker {
  readonly child: ChildProcess;
  readonly proxy: FaultProxy;
  /** The next line that it writes; null where it has ended. */
  next(): Promise<string | null>;
}

interface PoolOptions {
  readonly size: number;
  readonly target: string;
  readonly draw: Draw;
  readonly journal: Journal;
  readonly post: Post;
  readonly env: Readonly<Record<string, string>>;
}

/** Processes that work on tasks, each behind a proxy of its own; one that was killed is replaced. */
export class Pool {
  readonly #options: PoolOptions;
  readonly #idle: Promise<Worker>[] = [];
  readonly #waiting: ((worker: Promise<Worker>) => void)[] = [];
  readonly #all = new Set<ChildProcess>();

  constructor(options: PoolOptions) {
    this.#options = options;
    for (let count = 0; count < options.size; count += 1) this.#give(this.#start());
  }

  /** The answer to a task; null where the process was killed before it answered. */
  async work(task: Task, trial: Trial): Promise<TaskAnswer | null> {
    const worker = await this.#take();
    worker.proxy.begin(trial);
    worker.child.stdin?.write(`${JSON.stringify(task)}\n`);
    const line = await worker.next();
    // A call of the dead, or one that was given up, is over before anybody else has the resource: a lease outlasts it.
    await worker.proxy.settled();
    if (line === null) {
      worker.proxy.close();
      this.#give(this.#start());
      return null;
    }
    this.#give(Promise.resolve(worker));
    return JSON.parse(line);
  }

  end(): void {
    for (const child of this.#all) child.kill('SIGKILL');
  }

  #take(): Promise<Worker> {
    const worker = this.#idle.shift();
    return worker ?? new Promise<Worker>((resolve) => this.#waiting.push(resolve as never));
  }

  #give(worker: Promise<Worker>): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(worker);
    else next(worker);
  }

  async #start(): Promise<Worker> {
    const { target, draw, journal, post, env } = this.#options;
    let child: ChildProcess | undefined;
    const proxy = await faultProxy({ target, draw, journal, kill: () => child?.kill('SIGKILL') });
    child = spawn(process.execPath, [WORKER, JSON.stringify(post)], {
      env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE, ...env, AWS_ENDPOINT_URL: proxy.endpoint },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#all.add(child);
    child.once('exit', () => this.#all.delete(child as ChildProcess));
    child.stdin?.on('error', () => {}); // it was killed
    if (child.stdout === null) throw new Error('a process without output');
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const next = async () => {
      const { value, done } = await lines.next();
      return done ? null : value;
    };
    if ((await next()) === null) throw new Error('a process of the storm has ended before its first task');
    return { child, proxy, next };
  }
}
