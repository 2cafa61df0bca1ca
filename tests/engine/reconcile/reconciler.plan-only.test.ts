import { describe, expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { readOnly } from '../../../shared/ledger/ledger.ts';
import { silent } from '../../../shared/notify/notifier.ts';
import { CAUSE, closed, labelled, lidClosed, shut, subjectOf, World } from '../../support/fake-resource.ts';
import { OPEN, scene } from '../../support/reconcile-scene.ts';

/** What would become of the controls' drift, and all that happened but reads. */
async function planned(setting: Parameters<typeof scene>[0], ...controls: readonly AnyControl[]) {
  const { world, engine, ledger } = scene({ world: new World(OPEN), ...setting });
  const only = { ...engine, planOnly: true, ledger: readOnly(ledger), notifier: silent };
  const results = await reconcile(subjectOf(...controls), CAUSE, only);
  return {
    outcomes: results.map(({ outcome }) => outcome),
    results,
    did: world.log.filter((line) => !/^(read |ledger (load|shared)$)/.test(line)),
  };
}

describe('what would become of a drift, with nothing done', () => {
  test.each([
    ['remediate', 'remediated'],
    ['approve', 'awaitingApproval'],
    ['detect', 'detected'],
  ] as const)('mode %s: %s', async (mode, outcome) => {
    const { results, did } = await planned({ mode }, lidClosed);
    expect(results).toMatchObject([
      { outcome, mode, before: 'NON_COMPLIANT', after: 'NON_COMPLIANT', steps: [{ operation: 'CloseLid' }] },
    ]);
    expect(did).toEqual([]);
  });

  test('what is compliant, what a person has to decide, and what the ceiling does not allow', async () => {
    expect(await planned({ world: new World() }, lidClosed)).toMatchObject({ outcomes: ['compliant'], did: [] });
    const blank = new World({ label: { text: '' } });
    expect(await planned({ world: blank }, labelled)).toMatchObject({ outcomes: ['detected'], did: [] });
    expect(await planned({ ceiling: 'detect' }, lidClosed)).toMatchObject({ outcomes: ['detected'], did: [] });
  });

  test('gates hold: a sibling of the same severity that requires approval holds its elements', async () => {
    const { results, did } = await planned({ modes: { 'box-closed': 'approve' } }, closed, shut);
    expect(results).toMatchObject([
      { controlId: 'box-closed', outcome: 'awaitingApproval' },
      { controlId: 'box-shut', outcome: 'detected', annotation: expect.stringContaining('requires approval') },
    ]);
    expect(did).toEqual([]);
  });
});
