import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A call on its way to the local account. */
export interface PassingCall {
  /** `dynamodb`, `ec2`, … by the signature. */
  readonly service: string;
  readonly body: string;
}

/** An endpoint that passes on one call to DynamoDB after the other, and one to SQS, and everything else as it comes. The local account serves calls in threads, makes a transaction item by item and gives a message to two that ask at once, which AWS never does. `seen` hears of each call. */
export async function oneAtATime(endpoint: string, seen: (call: PassingCall) => void = () => {}): Promise<string> {
  const target = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });
  const last: Record<string, Promise<void>> = { dynamodb: Promise.resolve(), sqs: Promise.resolve() };
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming).catch(() => null);
    if (body === null) return; // whoever called has gone
    const service = serviceOf(incoming);
    seen({ service, body: body.toString() });
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
    const before = last[service];
    if (before === undefined) pass();
    else last[service] = before.then(pass);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It lasts as long as those that call it.
  server.unref();
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

const serviceOf = ({ headers }: IncomingMessage): string =>
  /\/([a-z0-9-]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1] ?? '';
