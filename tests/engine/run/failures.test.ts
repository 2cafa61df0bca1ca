import { describe, expect, test } from '@jest/globals';
import type { Delivery } from '../../../shared/engine/context.ts';
import { CONFIRM_AFTER_MS, confirmed, failureStage, readDenial } from '../../../shared/engine/run/failures.ts';
import { boxScene, KEY } from '../../support/box-run.ts';
import { lidClosed, named, withSeverity } from '../../support/fake-resource.ts';
import { change, findingOf } from '../../support/ledger-fixtures.ts';

describe('of a failure, people are notified', () => {
  const stageOf = async (
    delivery: Delivery | undefined,
    severity: 'CRITICAL' | 'HIGH' | 'MEDIUM',
    isDrift: boolean,
  ) => {
    const run = await boxScene().run([lidClosed], { cause: delivery === undefined ? {} : { delivery } });
    return failureStage(run, withSeverity(lidClosed, lidClosed.id, severity), isDrift);
  };
  const nth = (receiveCount: number): Delivery => ({ receiveCount, isLastTry: receiveCount >= 6 });

  test.each([
    ['of what could not be read', 'CRITICAL', false, [null, null, null, null, null, 'ended']],
    ['of a drift that is not severe', 'MEDIUM', true, [null, null, null, null, null, 'ended']],
    ['of a drift that is HIGH', 'HIGH', true, [null, 'retrying', 'retrying', 'retrying', 'retrying', 'ended']],
    ['of a drift that is CRITICAL', 'CRITICAL', true, [null, 'retrying', 'retrying', 'retrying', 'retrying', 'ended']],
  ] as const)('%s (%s), by the number of the try', async (_what, severity, isDrift, expected) => {
    const stages = [];
    for (const count of [1, 2, 3, 4, 5, 6]) stages.push(await stageOf(nth(count), severity, isDrift));
    expect(stages).toEqual(expected);
  });

  test('at once where there is one try only: a command, or a direct invocation', async () => {
    expect(await stageOf(undefined, 'MEDIUM', false)).toBe('ended');
  });
});

describe('access that is denied', () => {
  const missing = { by: 'AWS', remedy: 'deploy again' };
  async function after(milliseconds: number, version = 'test') {
    const scene = boxScene();
    const since = new Date(scene.now()).toISOString();
    await change(scene.engine.ledger, KEY, {
      findings: { [lidClosed.id]: findingOf(lidClosed.id, { denied: { since, version } }) },
    });
    scene.later(milliseconds);
    Object.assign(scene.engine, { codeVersion: '1', policy: { ...scene.engine.policy, version: '2' } });
    return { ...confirmed(await scene.run([lidClosed]), lidClosed, missing), since, now: scene.now() };
  }

  test('may pass at first: IAM takes time to spread what was deployed', async () => {
    const run = await boxScene().run([lidClosed]);
    expect(confirmed(run, lidClosed, missing)).toEqual({
      refusal: null,
      denied: { since: run.now().toISOString(), version: expect.any(String) },
    });
  });

  test('lasts where it is so some minutes later too', async () => {
    expect(await after(CONFIRM_AFTER_MS - 1, '1 2')).toMatchObject({ refusal: null });
    const { refusal, denied, since } = await after(CONFIRM_AFTER_MS, '1 2');
    expect(refusal).toEqual(missing);
    expect(denied?.since).toBe(since);
  });

  test('begins anew with another version: it may bring the permission', async () => {
    const { refusal, denied, now } = await after(CONFIRM_AFTER_MS, 'an earlier one');
    expect(refusal).toBeNull();
    expect(denied).toEqual({ since: new Date(now).toISOString(), version: '1 2' });
  });

  test.each([
    ['an explicit deny lasts at once', named('AccessDenied', 'with an explicit deny in a resource-based policy'), 1],
    ['a throttle passes', named('Throttling'), 0],
  ])('%s', async (_what, error, lasting) => {
    const { refusal, denied } = readDenial(await boxScene().run([lidClosed]), lidClosed, error, 'lid');
    expect([refusal === null ? 0 : 1, denied]).toEqual([lasting, null]);
  });
});
