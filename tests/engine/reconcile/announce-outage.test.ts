import { beforeEach, expect, test } from '@jest/globals';
import { announceOutage } from '../../../shared/engine/reconcile/announce-outage.ts';
import { LeaseHeldError } from '../../../shared/ledger/lease.ts';
import { type BoxScene, boxScene } from '../../support/box-run.ts';
import { named } from '../../support/fake-resource.ts';

const QUIET_MS = 900_000;
let scene: BoxScene;
beforeEach(() => {
  scene = boxScene();
});
const announced = () => scene.engine.announced.length;

test('a ledger that does not answer is announced at once, with why and what to do', async () => {
  await announceOutage(scene.engine, named('LedgerDown'));
  expect(scene.engine.announced).toMatchObject([
    {
      severity: 'CRITICAL',
      subject: 'Evenkeel cannot work: its ledger does not answer',
      text: expect.stringMatching(/^LedgerDown: LedgerDown happened(.|\n)*doctor(.|\n)*redrive/),
    },
  ]);
});

test('and not again for a while, whatever else fails', async () => {
  await announceOutage(scene.engine, named('LedgerDown'));
  scene.later(QUIET_MS - 1);
  await announceOutage(scene.engine, named('Other'));
  expect(announced()).toBe(1);
  scene.later(1);
  await announceOutage(scene.engine, named('LedgerDown'));
  expect(announced()).toBe(2);
});

test('each engine for itself', async () => {
  await announceOutage(scene.engine, named('LedgerDown'));
  const other = boxScene();
  await announceOutage(other.engine, named('LedgerDown'));
  expect(other.engine.announced).toHaveLength(1);
});

test('another run that is at work is no outage', async () => {
  await announceOutage(scene.engine, new LeaseHeldError('held'));
  expect(announced()).toBe(0);
  await announceOutage(scene.engine, named('LedgerDown'));
  expect(announced()).toBe(1);
});

test('that could not be announced throws nothing, and is announced the next time', async () => {
  const { notifier } = scene.engine;
  const { announce } = notifier;
  notifier.announce = () => Promise.reject(named('TopicDown'));
  await announceOutage(scene.engine, named('LedgerDown'));
  notifier.announce = announce;
  await announceOutage(scene.engine, named('LedgerDown'));
  expect(announced()).toBe(1);
});

test('an item that the table refuses for its size is not called an outage', async () => {
  const message = 'Item size has exceeded the maximum allowed size';
  await announceOutage(scene.engine, named('ValidationException', message));
  expect(scene.engine.announced).toMatchObject([
    { subject: expect.stringContaining('cannot record a resource'), text: expect.stringContaining(message) },
  ]);
});
