import { describe, expect, test } from '@jest/globals';
import type { AnyControl } from '../../../../shared/control.ts';
import { reconcile } from '../../../../shared/engine/reconcile/reconciler.ts';
import type { PolicyDocument } from '../../../../shared/policy/policy.ts';
import { policyFrom } from '../../../../shared/policy/settings.ts';
import { box, CAUSE, lidClosed, named, subjectOf } from '../../../support/fake-resource.ts';
import { gateScene, refusalOf } from '../../../support/gate-scene.ts';

describe('what others take care of', () => {
  test('is notified, and not touched', async () => {
    const refused = (words: string) => ({ outcome: 'detected', reason: expect.stringContaining(words) });
    expect(await refusalOf({ owner: { service: 'EKS' } })).toEqual(refused('Not touched: managed by EKS.'));
    const owners = { tags: { team: 'data-*' } };
    expect(await refusalOf({ owner: { tags: { team: 'data-lake' } }, policy: { owners } })).toEqual(
      refused('team=data'),
    );
    expect(await refusalOf({ owner: { tags: { team: 'web' } }, policy: { owners } })).toBeNull();
  });

  test('is acted on where a control overrides that a service keeps it, and never where people say that it is theirs', async () => {
    const control: AnyControl = { ...lidClosed, overrides: 'ownership' };
    expect(await refusalOf({ control, owner: { service: 'EKS' } })).toBeNull();
    const owners = { tags: { team: 'data' } };
    expect(
      await refusalOf({ control, owner: { service: 'EKS', tags: { team: 'data' } }, policy: { owners } }),
    ).toMatchObject({ outcome: 'detected' });
  });

  test('need not be known where no mode lets us act', async () => {
    expect(await refusalOf({ owner: null, mode: 'detect' })).toEqual({ outcome: 'detected', reason: null });
  });

  test('may say by its tags how much may be done', async () => {
    const policy: PolicyDocument = { matches: [{ tags: { stage: 'test' }, mode: 'remediate' }] };
    expect(await refusalOf({ mode: 'detect', policy, owner: { tags: { stage: 'test' } } })).toBeNull();
    expect(await refusalOf({ mode: 'detect', policy, owner: { tags: { stage: 'live' } } })).toMatchObject({
      outcome: 'detected',
    });
  });

  test('must be known: where it cannot be read, nothing is written', async () => {
    const { world, engine } = gateScene();
    const read = () => Promise.reject(named('AccessDenied'));
    const resource = { ...box, ownership: { grants: {}, read } };
    const subject = { ...subjectOf({ ...lidClosed, resource }), resource };
    expect(await reconcile(subject, CAUSE, engine)).toMatchObject([
      { outcome: 'failed', error: expect.stringMatching(/AccessDenied/) },
    ]);
    expect(world.calls).toEqual([]);
    Object.assign(engine, { policy: policyFrom({ defaults: { mode: 'detect' } }) });
    expect(await reconcile(subject, CAUSE, engine)).toMatchObject([{ outcome: 'detected', error: null }]);
  });
});
