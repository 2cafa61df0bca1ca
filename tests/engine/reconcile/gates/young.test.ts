import { describe, expect, test } from '@jest/globals';
import type { Cause } from '../../../../shared/engine/context.ts';
import { reconcile } from '../../../../shared/engine/reconcile/reconciler.ts';
import type { PolicyDocument } from '../../../../shared/policy/policy.ts';
import { policyFrom } from '../../../../shared/policy/settings.ts';
import type { Ownership } from '../../../../shared/resource.ts';
import { boxScene } from '../../../support/box-run.ts';
import { box, CAUSE, lidClosed, subjectOf } from '../../../support/fake-resource.ts';

const BY_TAGS: PolicyDocument = { defaults: { mode: 'remediate' }, owners: { infrastructureAsCode: 'detect' } };

/** A box that a call has just created, its tags, and when the service says that it was created. */
function created(policy: PolicyDocument = BY_TAGS, createdAt: (() => Date) | null = null) {
  const scene = boxScene();
  const tags: Record<string, string> = {};
  const ownership = { grants: {}, read: async (): Promise<Ownership> => ({ tags, service: null }) };
  const resource = { ...box, ownership, ...(createdAt === null ? {} : { createdAt: async () => createdAt() }) };
  Object.assign(scene.engine, { policy: policyFrom(policy) });
  const eventTime = new Date(scene.now()).toISOString();
  const look = async (cause: Partial<Cause> = { eventName: 'CreateBox', eventTime }) => {
    const subject = { ...subjectOf({ ...lidClosed, resource }), resource };
    return (await reconcile(subject, { ...CAUSE, ...cause }, scene.engine))[0];
  };
  return { ...scene, tags, look };
}
const LATER = { eventName: null, eventTime: null };

describe('a resource that was created less than a minute ago, where settings go by tags', () => {
  test('is detected, notified to nobody, and looked at again after a minute: then it is remediated', async () => {
    const { look, engine, world, later, session, now } = created();
    expect(await look()).toMatchObject({ outcome: 'detected', annotation: expect.stringMatching(/tags may still be/) });
    expect(world.calls).toEqual([]);
    expect(engine.notified).toEqual([]);
    const { recheckAt } = (await session()).state;
    expect(recheckAt).toBeLessThanOrEqual(now() + 60_000);
    expect(engine.sent).toMatchObject([{ service: 'box', notBefore: recheckAt }]);
    later(60_000);
    expect(await look(LATER)).toMatchObject({ outcome: 'remediated' });
    expect((await session()).state.recheckAt).toBeNull();
  });

  test('whose tags say meanwhile whose it is, is left to them: nothing is ever written', async () => {
    const { look, engine, world, later, tags } = created();
    await look();
    tags['aws:cloudformation:stack-name'] = 'web';
    later(60_000);
    expect(await look(LATER)).toMatchObject({
      outcome: 'detected',
      annotation: expect.stringContaining('CloudFormation'),
    });
    expect(world.calls).toEqual([]);
    expect(engine.notified).toHaveLength(1);
  });

  test('whose tags are there already is theirs at once', async () => {
    const { look, engine, tags } = created();
    tags['aws:cloudformation:stack-name'] = 'web';
    expect(await look()).toMatchObject({ annotation: expect.stringContaining('CloudFormation') });
    expect(engine.notified).toHaveLength(1);
    expect(engine.sent).toEqual([]);
  });

  test('is known by the service’s own time too, whatever the event says', async () => {
    let at = 0;
    const { look, now } = created(BY_TAGS, () => new Date(at));
    at = now() - 59_000;
    expect(await look({ eventName: 'OpenLid' })).toMatchObject({ outcome: 'detected' });
    at = now() - 60_000;
    expect(await look({ eventName: 'CreateBox', eventTime: new Date(now()).toISOString() })).toMatchObject({
      outcome: 'remediated',
    });
  });
});

test.each<[string, PolicyDocument, Partial<Cause>]>([
  ['no setting goes by tags', { defaults: { mode: 'remediate' } }, {}],
  ['the call creates nothing', BY_TAGS, { eventName: 'OpenLid' }],
  ['the call brings the tags', BY_TAGS, { eventName: 'CreateTags' }],
  [
    'only the tags of another control’s rule matter',
    { defaults: { mode: 'remediate' }, matches: [{ controls: ['another'], tags: { a: 'b' }, mode: 'detect' }] },
    {},
  ],
])('is remediated at once where %s', async (_what, policy, cause) => {
  const { look, now } = created(policy);
  const eventTime = new Date(now()).toISOString();
  expect(await look({ eventName: 'CreateBox', eventTime, ...cause })).toMatchObject({ outcome: 'remediated' });
});
