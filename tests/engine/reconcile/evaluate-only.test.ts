import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { evaluator } from '../../../shared/engine/reconcile/evaluate-only.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { DAY_MS } from '../../../shared/time.ts';
import { type BoxScene, boxScene } from '../../support/box-run.ts';
import { kept, lidClosed, named, REF, subjectOf, World } from '../../support/fake-resource.ts';
import { exemptionOf } from '../../support/ledger-fixtures.ts';

const SUBJECT = subjectOf(lidClosed);
const EXEMPTION = {
  control: lidClosed.id,
  resource: REF.resourceId,
  owner: 'bob',
  reason: 'a demo',
  expires: '2026-01-02',
};
let scene: BoxScene;
let policy: PolicyDocument;
beforeEach(() => {
  scene = boxScene();
  policy = { defaults: { mode: 'remediate' } };
});
const evaluate = () => evaluator({ ...scene.engine, policy: policyFrom(policy) });

describe('an evaluation', () => {
  test('is of the resource as it reads now, and writes nowhere', async () => {
    expect(await evaluate()(lidClosed, SUBJECT)).toMatchObject({
      complianceType: 'NON_COMPLIANT',
      annotation: 'The lid is open.',
    });
    scene.world.box = new World().box;
    expect(await evaluate()(lidClosed, SUBJECT)).toMatchObject({ complianceType: 'COMPLIANT' });
    expect(scene.world.calls).toEqual([]);
    expect((await scene.session()).version).toBe(0);
    expect(scene.engine.notified).toEqual([]);
  });

  test('does not read what a listing has just read', async () => {
    const known = { lid: { open: false } };
    expect(await evaluate()(lidClosed, { ...SUBJECT, known })).toMatchObject({ complianceType: 'COMPLIANT' });
    expect(scene.world.log).toEqual([]);
  });

  test('is given those whom the policy trusts', async () => {
    policy = { ...policy, trusted: { accounts: ['444455556666'] } };
    const given = jest.fn(lidClosed.evaluate);
    await evaluate()({ ...lidClosed, evaluate: given }, SUBJECT);
    expect(given).toHaveBeenCalledWith(
      expect.anything(),
      expect.objectContaining({ trusted: { accounts: ['444455556666'], organizations: [] } }),
    );
  });

  test('by a control that is off is none: nothing is read', async () => {
    policy = { defaults: { mode: 'off' } };
    expect(await evaluate()(lidClosed, SUBJECT)).toMatchObject({
      complianceType: 'NOT_APPLICABLE',
      annotation: 'Not evaluated: policy.yml sets every control to off.',
    });
    expect(scene.world.log).toEqual([]);
  });

  test('of what is gone does not apply, though its deletion be drift: that is the engine’s to say', async () => {
    scene.world.box = null;
    for (const control of [lidClosed, kept])
      expect(await evaluate()(control, subjectOf(control))).toMatchObject({ complianceType: 'NOT_APPLICABLE' });
  });

  test('of a setting that is gone is what its control says: the account itself is there', async () => {
    scene.world.box = null;
    const { resource, controls, ...subject } = subjectOf(kept);
    const account = { ...resource, type: 'AWS::::Account' };
    expect(await evaluate()(kept, { ...subject, resource: account, controls })).toMatchObject({
      complianceType: 'NON_COMPLIANT',
      annotation: 'It was lost: nobody knows what was in it.',
    });
    expect(await evaluate()(lidClosed, { ...subject, resource: account, controls })).toMatchObject({
      complianceType: 'NOT_APPLICABLE',
    });
  });

  test('of what cannot be read throws', async () => {
    scene.world.errors.set('lid', named('AccessDenied'));
    await expect(evaluate()(lidClosed, SUBJECT)).rejects.toThrow(/could not read lid of box-1/);
  });
});

describe('drift that is exempt', () => {
  const sentence = 'Exempt until 2026-01-02 (bob): a demo. The lid is open.';

  test.each(['policy.yml', 'the ledger'])('by %s says so, and until when', async (where) => {
    if (where === 'policy.yml') policy = { ...policy, exemptions: [EXEMPTION] };
    else await scene.engine.ledger.saveExemption(exemptionOf('ex-1', EXEMPTION));
    expect(await evaluate()(lidClosed, SUBJECT)).toMatchObject({
      complianceType: 'NON_COMPLIANT',
      annotation: sentence,
    });
    scene.later(2 * DAY_MS);
    expect(await evaluate()(lidClosed, SUBJECT)).toMatchObject({ annotation: 'The lid is open.' });
  });

  test('is asked for once, when the first drift asks for it, and by no compliant resource', async () => {
    let asked = 0;
    const ledger = {
      ...scene.engine.ledger,
      exemptions: async () => {
        asked += 1;
        return [];
      },
    };
    const evaluation = evaluator({ ...scene.engine, ledger });
    await evaluation(lidClosed, { ...SUBJECT, known: { lid: { open: false } } });
    expect(asked).toBe(0);
    await evaluation(lidClosed, SUBJECT);
    await evaluation(lidClosed, SUBJECT);
    expect(asked).toBe(1);
  });

  test('cannot be told where the ledger does not answer: then there is no evaluation', async () => {
    const ledger = { ...scene.engine.ledger, exemptions: () => Promise.reject(named('LedgerDown')) };
    await expect(evaluator({ ...scene.engine, ledger })(lidClosed, SUBJECT)).rejects.toThrow('LedgerDown');
  });
});
