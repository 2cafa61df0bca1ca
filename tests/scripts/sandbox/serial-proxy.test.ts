import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { oneAtATime } from '../../../scripts/sandbox/serial-proxy.ts';

/** What is passed on as it comes: its calls are answered when all of them are there. */
const TOGETHER = 's3';
const CALLS = 4;

/** A server that answers each call a little later, and the most calls of each service that it had at once. */
const allThere = Promise.withResolvers<void>();
const most: Record<string, number> = {};
const current: Record<string, number> = {};
const server = createServer(async (incoming, outgoing) => {
  const service = incoming.url?.slice(1) ?? '';
  current[service] = (current[service] ?? 0) + 1;
  most[service] = Math.max(most[service] ?? 0, current[service]);
  if (current[TOGETHER] === CALLS) allThere.resolve();
  await (service === TOGETHER ? allThere.promise : sleep(20));
  current[service] -= 1;
  outgoing.end(service);
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const signedFor = (service: string) => ({
  headers: { authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260131/eu-west-1/${service}/aws4_request` },
});

test.each([
  ['dynamodb', 1],
  ['sqs', 1],
  ['ec2', 1],
  [TOGETHER, CALLS],
])('of %s, %i calls are served at once', async (service, expected) => {
  const endpoint = await oneAtATime(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const answers = await Promise.all(
    Array.from({ length: CALLS }, async () => (await fetch(`${endpoint}/${service}`, signedFor(service))).text()),
  );
  expect(answers).toEqual(Array.from({ length: CALLS }, () => service));
  expect(most[service]).toBe(expected);
});

test('what is refused never reaches the account; the rest does', async () => {
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const seen: string[] = [];
  const endpoint = await oneAtATime(
    target,
    ({ service }) => seen.push(service),
    ({ service, body }) => (body === 'no' ? { status: 403, content: `<not-${service}/>` } : null),
  );
  const call = async (body: string) => {
    const answer = await fetch(`${endpoint}/kms`, { method: 'POST', body, ...signedFor('kms') });
    return [answer.status, answer.headers.get('content-type'), await answer.text()];
  };
  expect(await call('no')).toEqual([403, 'text/xml', '<not-kms/>']);
  expect(most.kms).toBeUndefined();
  expect(await call('yes')).toEqual([200, null, 'kms']);
  expect(seen).toEqual(['kms', 'kms']);
});
