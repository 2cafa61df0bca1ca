import { describe, expect, test } from '@jest/globals';
import { attemptContext } from '../../../../shared/engine/execution/outcomes.ts';
import { policyFrom } from '../../../../shared/policy/settings.ts';
import { HOUR_MS } from '../../../../shared/time.ts';
import { KEY } from '../../../support/box-run.ts';
import { lidClosed } from '../../../support/fake-resource.ts';
import { gateScene } from '../../../support/gate-scene.ts';
import { change, findingOf } from '../../../support/ledger-fixtures.ts';

describe('what is blocked', () => {
  async function blocked(
    rest: { readonly byPerson?: boolean; readonly version?: string; readonly facets?: string } = {},
  ) {
    const { byPerson = false, ...circumstance } = rest;
    const { ledger, asked: ask, later, run, engine } = gateScene();
    Object.assign(engine, { policy: policyFrom({ defaults: { mode: 'remediate' } }) });
    const here = await run([lidClosed]);
    const tried = { ...attemptContext(here, here.evaluate(lidClosed)), ...circumstance };
    const retryAt = '2026-01-01T13:00:00.000Z';
    const finding = { retryAt, blocked: { by: 'Refused by an SCP.', recordId: 'rem-1', ...tried } };
    await change(ledger, KEY, {
      findings: { [lidClosed.id]: findingOf(lidClosed.id, { outcome: 'blocked', ...finding }) },
    });
    return { ask: () => ask({ byPerson }), later };
  }

  test('is not tried again before its time, and nobody is notified again', async () => {
    const { ask, later } = await blocked();
    expect(await ask()).toEqual({ outcome: 'blocked', reason: 'Refused by an SCP.', quiet: true });
    later(HOUR_MS);
    expect(await ask()).toBeNull();
  });

  test('is not what was never tried, or was not refused', async () => {
    const { asked: ask, ledger } = gateScene();
    expect(await ask()).toBeNull();
    await change(ledger, KEY, { findings: { [lidClosed.id]: findingOf(lidClosed.id) } });
    expect(await ask()).toBeNull();
  });

  test.each<[string, object]>([
    ['a person asks', { byPerson: true }],
    ['the deployed version or policy is another', { version: 'another' }],
    ['the resource reads otherwise', { facets: 'another' }],
  ])('is tried again at once where %s', async (_why, rest) => {
    expect(await (await blocked(rest)).ask()).toBeNull();
  });
});
