import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { callName } from '../../sandbox/call-name.ts';
import type { Draw } from './draw.ts';
import { type Answer, errorAnswer, type Fault, isLost } from './fault.ts';
import { isAccountWrite, type Journal } from './journal.ts';
import { faultOf, type Trial } from './trial.ts';

/** Milliseconds that a slow answer takes longer. */
const SLOW_MS = 400;

/** What stands between one process and the local account. */
export interface FaultProxy {
  readonly endpoint: string;
  /** From now on calls belong to this try. */
  begin(trial: Trial): void;
  /** Waits for the calls that are on their way to the account, also those of a process that is dead. */
  settled(): Promise<void>;
  close(): void;
}

/** A call that was received, and what the caller has made so far in this try. */
interface Passing {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly body: string;
  readonly name: string;
}

interface Surroundings {
  /** The endpoint of the local account. */
  readonly target: string;
  readonly draw: Draw;
  readonly journal: Journal;
  /** Ends the process at once. */
  kill(): void;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** A try as it has gone so far. */
class Course {
  readonly trial: Trial;
  readonly #named = new Map<string, number>();
  #calls = 0;
  /** Calls since the first that changed the account; null before. */
  #sinceWrite: number | null = null;

  constructor(trial: Trial) {
    this.trial = trial;
  }

  /** Counts a call: which of its name it is, from 0, and whether the process is to be killed at it. */
  count(name: string): { readonly nth: number; readonly isFatal: boolean } {
    const nth = this.#named.get(name) ?? 0;
    this.#named.set(name, nth + 1);
    if (this.#sinceWrite !== null) this.#sinceWrite += 1;
    else if (isAccountWrite(name)) this.#sinceWrite = 0;
    const at = this.trial.kill?.from === 'write' ? this.#sinceWrite : this.#calls;
    this.#calls += 1;
    return { nth, isFatal: this.trial.kill !== null && at !== null && at >= this.trial.kill.after };
  }
}

/** An endpoint through which one process reaches the account: faults befall its calls as they are drawn, and at a drawn moment it is killed. */
export async function faultProxy({ target, draw, journal, kill }: Surroundings): Promise<FaultProxy> {
  const { hostname, port } = new URL(target);
  let course: Course | null = null;
  let isDead = false;

  const pass = ({ incoming, body, name }: Passing): Promise<Answer> =>
    journal.onceByToken(name, body, () => forward(incoming, body));

  function forward(incoming: IncomingMessage, body: string): Promise<Answer> {
    const { method, url } = incoming;
    // The local account builds a queue's URL of the host that was called: one for all processes.
    const headers = { ...incoming.headers, host: `${hostname}:${port}` };
    return new Promise<Answer>((resolve, reject) => {
      const onward = request({ hostname, port, method, path: url, headers, agent }, async (found) => {
        const content = await buffer(found).catch(reject);
        if (content === undefined) return;
        const kept = Object.entries(found.headers).filter(
          ([key]) => !/^(content-length|transfer-encoding|connection|keep-alive)$/.test(key),
        );
        const body = content.toString('latin1');
        resolve({ status: found.statusCode ?? 500, headers: Object.fromEntries(kept) as Answer['headers'], body });
      });
      onward.on('error', reject);
      onward.end(Buffer.from(body, 'latin1'));
    });
  }

  /** The call is made and heard of by nobody: the process is dead. */
  async function passUnheard(passing: Passing, trial: Trial): Promise<void> {
    const answer = await pass(passing).catch(() => null);
    if (answer !== null) journal.made(trial, passing.name, passing.body, answer, 'killed');
  }

  async function serve(passing: Passing, { trial }: Course, fault: Fault | null): Promise<void> {
    const { incoming, outgoing, body, name } = passing;
    if (fault === 'reset before') return void incoming.socket.resetAndDestroy();
    if (fault === 'throttled' || fault === 'refused 5xx' || fault === 'expired credentials')
      return send(outgoing, errorAnswer(fault, incoming, body));
    const answer = await pass(passing);
    const isHeard = !outgoing.destroyed && !isDead;
    journal.made(trial, name, body, answer, isHeard && !isLost(fault) ? 'heard' : 'lost');
    switch (fault) {
      case 'reset after':
        return void incoming.socket.resetAndDestroy();
      case '5xx after':
        return send(outgoing, errorAnswer('refused 5xx', incoming, body));
      case 'no answer':
        return;
      case 'slow':
        await sleep(SLOW_MS);
        return send(outgoing, answer);
      case 'truncated':
        return truncated(incoming, outgoing, answer);
      case 'cut short':
        return send(outgoing, { ...answer, body: answer.body.slice(0, answer.body.length / 2) });
      case 'garbled':
        return send(outgoing, { status: 200, headers: { 'content-type': 'text/html' }, body: GATEWAY });
      case 'empty':
        return send(outgoing, { ...answer, status: 200, body: '' });
      default:
        return send(outgoing, answer);
    }
  }

  async function receive(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = (await buffer(incoming).catch(() => null))?.toString('latin1');
    if (body === undefined || isDead) return void incoming.socket.destroy();
    const name = callName(incoming, body);
    const passing = { incoming, outgoing, body, name };
    const current = course;
    if (current === null) return void incoming.socket.destroy(); // nothing is called before the first task
    const { trial } = current;
    const { nth, isFatal } = current.count(name);
    journal.called(trial, name, body);
    const isSheltered = journal.isSheltered(trial, name, body);
    if (isFatal && !isSheltered && trial.kill !== null) {
      isDead = true;
      kill();
      if (trial.kill.isMade) await passUnheard(passing, trial);
      journal.killed(trial);
      return void incoming.socket.destroy();
    }
    const fault = isSheltered ? null : faultOf(draw, trial, name, nth);
    if (fault !== null) journal.befell(trial, name, fault);
    await serve(passing, current, fault).catch(() => incoming.socket.destroy());
  }

  const onTheirWay = new Set<Promise<void>>();
  const server = createServer((incoming, outgoing) => {
    const received = receive(incoming, outgoing).finally(() => onTheirWay.delete(received));
    onTheirWay.add(received);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    begin(trial) {
      course = new Course(trial);
    },
    async settled() {
      while (onTheirWay.size > 0) await Promise.allSettled(onTheirWay);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const GATEWAY = '<html><body><h1>502 Bad Gateway</h1></body></html>';

function send(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, headers).end(Buffer.from(body, 'latin1'));
}

/** Half of the answer, of which the head announces the whole. */
function truncated(incoming: IncomingMessage, outgoing: ServerResponse, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, { ...headers, 'content-length': String(body.length) });
  outgoing.write(Buffer.from(body.slice(0, body.length / 2), 'latin1'), () => incoming.socket.destroy());
}
