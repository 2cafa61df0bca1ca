import { createServer, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { drawFrom } from '../../../scripts/storm/faults/draw.ts';
import { faultProxy } from '../../../scripts/storm/faults/fault-proxy.ts';
import { Journal } from '../../../scripts/storm/faults/journal.ts';
import { FAIR_FROM, trialOf } from '../../../scripts/storm/faults/trial.ts';

const account = createServer((incoming, outgoing) => {
  incoming.resume();
  arrived.resolve();
  answered.promise.then(() => outgoing.end('{}'));
});
let arrived = Promise.withResolvers<void>();
let answered = Promise.withResolvers<void>();

beforeAll(() => new Promise<void>((resolve) => account.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  account.close();
  account.closeAllConnections();
});

test('a call of a process that is gone is waited for until the account has answered it', async () => {
  arrived = Promise.withResolvers();
  answered = Promise.withResolvers();
  const { port } = account.address() as { port: number };
  const draw = drawFrom('proxy');
  const surroundings = { target: `http://127.0.0.1:${port}`, draw, journal: new Journal(), kill: () => {} };
  const proxy = await faultProxy(surroundings);
  proxy.begin(trialOf(draw, 0, 'remediate', FAIR_FROM, null));
  const headers = { 'x-amz-target': 'AmazonSQS.SetQueueAttributes', 'content-type': 'application/x-amz-json-1.0' };
  const call = request(proxy.endpoint, { method: 'POST', headers }).on('error', () => {});
  call.end('{}');
  await arrived.promise;
  call.destroy();
  const order: string[] = [];
  const settled = proxy.settled().then(() => order.push('settled'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  order.push('answered');
  answered.resolve();
  await settled;
  proxy.close();
  expect(order).toEqual(['answered', 'settled']);
});
