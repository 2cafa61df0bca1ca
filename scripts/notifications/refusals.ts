import { createServer, type IncomingMessage, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Aws } from '../../shared/resource.ts';

/** Runs with clients that are refused one call of EC2, in AWS's wire format; every other call is the local account's. */
export async function whileRefused<T>(
  { call, code, message }: { readonly call: string; readonly code: string; readonly message: string },
  work: (aws: (region: string) => Aws) => Promise<T>,
): Promise<T> {
  const account = process.env.AWS_ENDPOINT_URL ?? '';
  const refusal = `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors></Response>`;
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    if (body.includes(`Action=${call}&`)) outgoing.writeHead(403, { 'content-type': 'text/xml' }).end(refusal);
    else {
      const answer = await passedOn(account, incoming, body);
      outgoing.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      outgoing.end(Buffer.from(await answer.arrayBuffer()));
    }
  });
  const endpoint = await addressOf(server);
  try {
    return await work(
      (home) =>
        (client, region = home) =>
          new client({ region, endpoint } as never),
    );
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function passedOn(account: string, { method = 'POST', url = '/', headers }: IncomingMessage, body: Buffer) {
  const { host: _, connection: __, 'content-length': ___, ...rest } = headers as Record<string, string>;
  return fetch(new URL(url, account), { method, headers: rest, body: new Uint8Array(body) });
}

async function addressOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
