import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsClients } from '../../shared/aws/clients.ts';
import type { Aws } from '../../shared/resource.ts';
import { REGION } from './samples.ts';

/** Bodies that say nothing, or are cut off, as a proxy or a fault on the way may put them under status 200. */
export const EMPTY_BODIES = [
  '',
  '{}',
  '<Answer/>',
  '<html><body>Welcome</body></html>',
  '<Answer><Item>',
  '{"Answer": [{',
];

/** Gives real clients whose every call is answered over HTTP with status 200 and this body. */
export async function withAnswer<T>(body: string, work: (aws: Aws) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    request.resume();
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const settings = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_MAX_ATTEMPTS: '1',
  };
  const before = Object.keys(settings).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, settings);
  try {
    return await work(awsClients()(REGION));
  } finally {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
