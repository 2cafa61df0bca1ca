import { describe, expect, test } from '@jest/globals';
import { exemptionFor } from '../../../../shared/engine/reconcile/gates/exempt.ts';
import type { Shared } from '../../../../shared/ledger/ledger.ts';
import { HOUR_MS } from '../../../../shared/time.ts';
import { lidClosed } from '../../../support/fake-resource.ts';
import { EXEMPTION, gateScene, refusalOf } from '../../../support/gate-scene.ts';
import { exemptionOf } from '../../../support/ledger-fixtures.ts';

describe('an exemption', () => {
  const exempted = { outcome: 'exempted', reason: 'Exempt until 2026-01-01 (bob): a demo.', quiet: true };

  test('of policy.yml or of the ledger holds until its last day is over', async () => {
    const { ledger, asked: ask, later } = gateScene();
    expect(await ask({ policy: { exemptions: [EXEMPTION] } })).toEqual(exempted);
    await ledger.saveExemption(exemptionOf('ex-1', EXEMPTION));
    expect(await ask()).toEqual(exempted);
    later(12 * HOUR_MS - 1);
    expect(await ask()).toEqual(exempted);
    later(1);
    expect(await ask()).toBeNull();
  });

  test('holds in mode detect too, before what is owned', async () => {
    expect(await refusalOf({ policy: { exemptions: [EXEMPTION] }, mode: 'detect' })).toEqual(exempted);
    expect(await refusalOf({ policy: { exemptions: [EXEMPTION] }, owner: { service: 'EKS' } })).toEqual(exempted);
  });

  test('concerns the resources that it names', async () => {
    const exempting = (resource: string) => refusalOf({ policy: { exemptions: [{ ...EXEMPTION, resource }] } });
    expect(await exempting('arn:aws:box:::box-*')).toEqual(exempted);
    expect(await exempting('box-12')).toBeNull();
  });

  test('of another control does not', async () => {
    expect(await refusalOf({ policy: { exemptions: [{ ...EXEMPTION, control: 'box-locked' }] } })).toBeNull();
  });

  test('of what an undo brought back is none for all else of the resource', async () => {
    const { ledger, run } = gateScene();
    await ledger.saveExemption(exemptionOf('ex-1', { ...EXEMPTION, elements: ['lock'] }));
    const here = await run([lidClosed]);
    expect(exemptionFor(here, lidClosed, here.draft.session.shared as Shared)).toBeNull();
  });
});
