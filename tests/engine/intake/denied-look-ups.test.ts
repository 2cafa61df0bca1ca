import { expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import { readOnly } from '../../../shared/ledger/ledger.ts';
import { call } from '../../../shared/resource.ts';
import { HOUR_MS } from '../../../shared/time.ts';
import { testEngine } from '../../support/engine.ts';
import { box, lidClosed, refusedWith, World } from '../../support/fake-resource.ts';

const FALLBACK = { accountId: '444455556666', region: 'eu-west-1' };
const SCOPE = { ...FALLBACK, service: 'box' };
const opened = {
  eventSource: 'box.amazonaws.com',
  eventName: 'OpenLid',
  awsRegion: 'eu-west-1',
  recipientAccountId: '444455556666',
  requestParameters: { name: 'tools' },
};

/** What comes of an event that names no id, where the look-up ends so. */
function scene(error: Error) {
  const find = async () => {
    throw error;
  };
  const trigger = call('box.amazonaws.com', 'OpenLid', { find, grants: {}, facets: ['lid'] });
  const control = { ...lidClosed, resource: { ...box, triggers: [trigger] } } as unknown as AnyControl;
  const time = { now: 1_000_000 };
  const clock = { now: () => new Date(time.now), sleep: async () => {} };
  const world = new World();
  const engine = testEngine((region) => world.aws(region), 'remediate', { clock });
  const received = async (ledger = engine.ledger) =>
    (await Array.fromAsync(receive(opened, { ...engine, ledger }, { controls: [control], fallback: FALLBACK }))).flat();
  return { time, engine, received, denied: () => engine.ledger.deniedListings.of(SCOPE) };
}
const byPolicy = () => refusedWith('AccessDenied', 'not allowed, with an explicit deny in a service control policy');

test('a look-up that a policy denies is blocked, so that its message is done, and known to doctor', async () => {
  const { time, received, denied } = scene(byPolicy());
  expect(await received()).toMatchObject([
    {
      outcome: 'blocked',
      controlId: null,
      resourceType: box.type,
      region: 'eu-west-1',
      before: null,
      after: null,
      error: null,
      annotation: expect.stringMatching(
        /^AWS::Box::Box cannot be looked up in eu-west-1 for events that do not name it by its id: refused by a service control policy/,
      ),
    },
  ]);
  const noted = { since: 1_000_000, lastSeen: 1_000_000, isLasting: true };
  expect(await denied()).toMatchObject({ 'AWS::Box::Box look-up': noted });
  time.now += HOUR_MS - 1;
  await received();
  expect(await denied()).toMatchObject({ 'AWS::Box::Box look-up': noted });
  time.now += 1;
  await received();
  expect(await denied()).toMatchObject({ 'AWS::Box::Box look-up': { ...noted, lastSeen: time.now } });
});

test('what nobody denies explicitly fails, and is retried', async () => {
  const { received, denied } = scene(refusedWith('AccessDenied'));
  expect(await received()).toMatchObject([{ outcome: 'failed', error: expect.stringContaining('AccessDenied') }]);
  expect(await denied()).toEqual({});
});

test('a dry run notes nothing, and a ledger that does not answer is no failure of the event', async () => {
  const { engine, received, denied } = scene(byPolicy());
  expect(await received(readOnly(engine.ledger))).toMatchObject([{ outcome: 'blocked' }]);
  expect(await denied()).toEqual({});
  const { deniedListings } = engine.ledger;
  const update = async () => {
    throw new Error('down');
  };
  const down = { ...engine.ledger, deniedListings: { ...deniedListings, update } };
  expect(await received(down)).toMatchObject([{ outcome: 'blocked' }]);
});
