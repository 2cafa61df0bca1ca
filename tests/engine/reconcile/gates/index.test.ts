import { describe, expect, test } from '@jest/globals';
import type { Mode } from '../../../../shared/control.ts';
import { attemptContext } from '../../../../shared/engine/execution/outcomes.ts';
import { reconcile } from '../../../../shared/engine/reconcile/reconciler.ts';
import { NO_FLAP } from '../../../../shared/ledger/flap.ts';
import type { Ledger } from '../../../../shared/ledger/ledger.ts';
import { policyFrom } from '../../../../shared/policy/settings.ts';
import { boxScene, KEY } from '../../../support/box-run.ts';
import { CAUSE, lidClosed, named, subjectOf, World, withSeverity } from '../../../support/fake-resource.ts';
import { type Asked, EXEMPTION, gateScene } from '../../../support/gate-scene.ts';
import { change, exemptionOf, findingOf } from '../../../support/ledger-fixtures.ts';

test('the gates are asked in their order: the first that refuses is the answer', async () => {
  const { ledger, verdictOf, run } = gateScene();
  await ledger.pause({ control: null, reason: 'a launch', by: 'ann', at: '' });
  await ledger.saveExemption(exemptionOf('ex-1', { ...EXEMPTION, elements: ['lid'] }));
  const here = await run([lidClosed]);
  const until = { retryAt: '2026-01-01T13:00:00.000Z', blocked: { by: 'An SCP.', recordId: null } };
  const times = [Date.parse('2026-01-01T11:50:00Z')];
  let given: Asked = {
    mode: 'approve',
    policy: { exemptions: [EXEMPTION], limits: { flap: { times: 1, within: '1h' } } },
    owner: { service: 'EKS' },
    holders: [{ control: withSeverity(lidClosed, 'box-sibling', 'CRITICAL'), exemption: EXEMPTION, elements: ['lid'] }],
    pendingElements: ['lid'],
  };
  const answers: (string | null | undefined)[] = [];
  const ask = async (next: Asked = {}) => {
    given = { ...given, ...next };
    const { refusal } = await verdictOf(given);
    answers.push(refusal === null ? 'passed' : (refusal.reason ?? refusal.outcome));
  };

  await ask();
  await ledger.resume(null);
  await ask();
  await ask({ policy: { limits: { flap: { times: 1, within: '1h' } } } });
  await ledger.saveExemption(exemptionOf('ex-1', { ...EXEMPTION, control: 'box-other', elements: ['lid'] }));
  await ask();
  await ask({ approved: true });
  const version = `${here.engine.codeVersion} ${here.engine.policy.version}`;
  const { facets } = attemptContext(here, here.evaluate(lidClosed));
  await change(ledger, KEY, {
    findings: { [lidClosed.id]: findingOf(lidClosed.id, { ...until, blocked: { ...until.blocked, facets, version } }) },
    flaps: { lid: { ...NO_FLAP, times, controlId: lidClosed.id } },
  });
  await ask({ owner: {} });
  await ask({ byPerson: true });
  await ledger.saveExemption(exemptionOf('ex-1', { ...EXEMPTION, elements: ['lock'] }));
  await ask();
  await ask({ holders: [] });
  await ask({ pendingElements: [] });
  await change(ledger, KEY, { flaps: {} });
  await ask();
  expect(answers).toEqual([
    'Paused by ann: a launch.',
    'Exempt until 2026-01-01 (bob): a demo.',
    'Exempt until 2026-01-01 (bob): a demo.',
    'awaitingApproval',
    'Not touched: managed by EKS.',
    'An SCP.',
    expect.stringMatching(/^Not remediated: an undo of box-other restored it/),
    expect.stringMatching(/^Not remediated: box-sibling/),
    expect.stringMatching(/^AWS is still applying/),
    expect.stringMatching(/^Remediated once/),
    'passed',
  ]);
});

describe('a gate whose store does not answer', () => {
  test.each<Mode>(['detect', 'approve', 'remediate'])('stops everything that would act, in mode %s', async (mode) => {
    const { world, engine } = gateScene();
    const loadShared: Ledger['loadShared'] = () => Promise.reject(named('LedgerDown'));
    const broken = { ...engine, policy: policyFrom({ defaults: { mode } }), ledger: { ...engine.ledger, loadShared } };
    expect(await reconcile(subjectOf(lidClosed), CAUSE, broken)).toMatchObject([
      { outcome: 'failed', error: expect.stringMatching(/LedgerDown/) },
    ]);
    expect(world.calls).toEqual([]);
    expect(engine.announced).toMatchObject([{ subject: 'Evenkeel cannot work: its ledger does not answer' }]);
  });

  test('is not asked about what is compliant', async () => {
    const { engine } = boxScene(new World());
    const loadShared: Ledger['loadShared'] = () => Promise.reject(named('LedgerDown'));
    const broken = { ...engine, ledger: { ...engine.ledger, loadShared } };
    expect(await reconcile(subjectOf(lidClosed), CAUSE, broken)).toMatchObject([{ outcome: 'compliant' }]);
  });
});
