import { createServer, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll } from '@jest/globals';

/** An endpoint that passes everything on, and tells of every message received which queue it came from, as SQS does and the local account does not. */
export async function tellingOrigin(endpoint: string, sourceArn: string): Promise<string> {
  const target = new URL(endpoint);
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const { method, url, headers } = incoming;
    const onward = request({ host: target.hostname, port: target.port, method, path: url, headers }, async (answer) => {
      const { 'content-length': _, ...rest } = answer.headers;
      const said = await buffer(answer);
      const receives = String(headers['x-amz-target']).endsWith('.ReceiveMessage');
      const asked: readonly string[] = receives ? (JSON.parse(body.toString()).MessageSystemAttributeNames ?? []) : [];
      const told = asked.includes('DeadLetterQueueSourceArn') ? withOrigin(said, sourceArn) : said;
      outgoing.writeHead(answer.statusCode ?? 500, rest).end(told);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

function withOrigin(answer: Buffer, DeadLetterQueueSourceArn: string): string {
  const { Messages = [], ...rest } = JSON.parse(answer.toString());
  const told = Messages.map((message: { Attributes?: object }) => ({
    ...message,
    Attributes: { ...message.Attributes, DeadLetterQueueSourceArn },
  }));
  return JSON.stringify({ ...rest, Messages: told });
}
