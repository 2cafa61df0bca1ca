import { createServer, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** An endpoint that passes on one call after the other. The local account serves calls in threads and makes a transaction item by item, so that two may mix, which DynamoDB never lets them. */
export async function oneAtATime(endpoint: string): Promise<string> {
  const target = new URL(endpoint);
  let last: Promise<void> = Promise.resolve();
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const { method, url, headers } = incoming;
    const pass = () =>
      new Promise<void>((resolve) => {
        const onward = request({ host: target.hostname, port: target.port, method, path: url, headers });
        onward.on('response', (answer) => {
          outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
          answer.pipe(outgoing);
          answer.on('close', resolve);
        });
        onward.on('error', () => {
          outgoing.destroy();
          resolve();
        });
        onward.end(body);
      });
    last = last.then(pass);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It lasts as long as the tests that call it.
  server.unref();
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
