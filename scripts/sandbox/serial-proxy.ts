import { Agent, createServer, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { serviceOf } from './call-name.ts';

/** A call on its way to the local account. */
export interface PassingCall {
  /** `dynamodb`, `ec2`, … by the signature. */
  readonly service: string;
  readonly body: string;
}

/** Services whose calls the local account must not serve at the same time, though it has threads: it makes a transaction item by item, gives a message to two that ask at once, and fails to list security groups while one is created. AWS does none of this. */
const SERIAL = ['dynamodb', 'sqs', 'ec2'];

/** What is answered in the account's place. */
export interface Refusal {
  readonly status: number;
  /** XML, as the services of the query protocol answer. */
  readonly content: string;
}

/** An endpoint that passes on one call after the other to each of these services, and everything else as it comes. `seen` hears of each call; what `refusalOf` gives an answer for never reaches the account. */
export async function oneAtATime(
  endpoint: string,
  seen: (call: PassingCall) => void = () => {},
  refusalOf: (call: PassingCall) => Refusal | null = () => null,
): Promise<string> {
  const target = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });
  const last = new Map(SERIAL.map((service) => [service, Promise.resolve()]));
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming).catch(() => null);
    if (body === null) return; // whoever called has gone
    const service = serviceOf(incoming);
    const call = { service, body: body.toString() };
    seen(call);
    const refusal = refusalOf(call);
    if (refusal !== null) {
      outgoing.writeHead(refusal.status, { 'content-type': 'text/xml' }).end(refusal.content);
      return;
    }
    const { method, url, headers } = incoming;
    // The answer is taken whole, also where whoever asked is gone by then: the next in line must not wait for them.
    const pass = () =>
      new Promise<void>((resolve) => {
        const onward = request({ host: target.hostname, port: target.port, method, path: url, headers, agent });
        onward.on('response', async (answer) => {
          const content = await buffer(answer).catch(() => null);
          if (content === null) outgoing.destroy();
          else outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(content);
          resolve();
        });
        onward.on('error', () => {
          outgoing.destroy();
          resolve();
        });
        onward.end(body);
      });
    const before = last.get(service);
    if (before === undefined) pass();
    else last.set(service, before.then(pass));
  });
  // Longer than a caller keeps a connection (the local account says five seconds): none is closed while a call is on its way.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It lasts as long as those that call it, which may keep a connection that they no longer use.
  server.unref();
  server.on('connection', (socket) => socket.unref());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
