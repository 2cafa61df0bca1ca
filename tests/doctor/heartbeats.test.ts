import { expect, test } from '@jest/globals';
import type { Deployment } from '../../shared/doctor/deployment.ts';
import { heartbeats } from '../../shared/doctor/heartbeats.ts';
import { type Heartbeat, NO_BEAT } from '../../shared/ledger/heartbeat.ts';
import { testEngine } from '../support/engine.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const ago = (minutes: number) => NOW - minutes * 60_000;

/** What is said of one region with this heartbeat, of a deployment that stands for so long. */
async function said(heartbeat: Partial<Heartbeat> | null, deployed = 1440, table: string | undefined = 'ledger') {
  const engine = testEngine(
    () => {
      throw new Error('nobody is asked');
    },
    'detect',
    { clock: { now: () => new Date(NOW), sleep: async () => {} } },
  );
  if (heartbeat !== null)
    await engine.ledger.heartbeats.update('us-east-1', () => ({ next: { ...NO_BEAT, ...heartbeat }, answer: null }));
  const deployment: Deployment = {
    stack: 'evenkeel-prod',
    home: 'eu-west-1',
    accountId: '111122223333',
    status: 'CREATE_COMPLETE',
    since: ago(deployed),
    outputs: {},
    leftOut: [],
    regions: ['us-east-1'],
    resources: [],
  };
  const context = { engine, home: 'eu-west-1', deployment, table, topicArn: undefined };
  return [await heartbeats.run(context)].flat().map(({ status, message }) => [status, message]);
}

test.each<[string, Partial<Heartbeat> | null, number, string, string]>([
  ['heard', { sent: ago(14), arrived: ago(13) }, 1440, 'ok', 'received from every region within the last 13 minutes'],
  [
    'waited for',
    { sent: ago(14), waiting: ago(29), arrived: ago(29) },
    1440,
    'ok',
    'received from every region within the last 29 minutes',
  ],
  [
    'not evaluated yet',
    { sent: ago(14), waiting: ago(31) },
    1440,
    'error',
    'us-east-1: no events since 2026-11-22T11:29:00.000Z: changes there go unseen',
  ],
  [
    'silent',
    { sent: ago(1), waiting: ago(1), silentSince: ago(90) },
    1440,
    'error',
    'us-east-1: no events since 2026-11-22T10:30:00.000Z: changes there go unseen',
  ],
  [
    'not to be made',
    { failure: 'AccessDenied: Not you.' },
    1440,
    'error',
    'us-east-1: the heartbeat could not be sent: AccessDenied: Not you.',
  ],
  [
    'made no more',
    { sent: ago(61), arrived: ago(60) },
    1440,
    'error',
    'us-east-1: no heartbeat was sent since 2026-11-22T10:59:00.000Z',
  ],
  ['new', null, 59, 'warning', 'us-east-1: no heartbeat yet'],
  ['never made', null, 61, 'error', 'us-east-1: no heartbeat was ever sent'],
])('%s', async (_, heartbeat, deployed, status, message) => {
  expect(await said(heartbeat, deployed)).toEqual([[status, message]]);
});

test('without a ledger there is nothing to say', async () => {
  expect(await said(null, 1440, '')).toEqual([]);
});
