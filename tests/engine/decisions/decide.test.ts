import { beforeEach, expect, test } from '@jest/globals';
import { type Decision, decide } from '../../../shared/engine/decisions/decide.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { FREE } from '../../../shared/ledger/lease.ts';
import { type BoxScene, boxScene, KEY } from '../../support/box-run.ts';
import { CAUSE, lidClosed, locked, REF, subjectOf, World } from '../../support/fake-resource.ts';
import { change } from '../../support/ledger-fixtures.ts';

const CONTROLS = [lidClosed, locked];
let scene: BoxScene;
let id: string;
beforeEach(async () => {
  scene = boxScene(new World({ lid: { open: true } }), { mode: 'approve' });
  const [result] = await reconcile(subjectOf(lidClosed), CAUSE, scene.engine);
  id = result?.remediationId ?? '';
});
const say = (verb: Decision['verb'], rest: Partial<Decision> = {}, accountId = REF.accountId) => {
  const decision = { verb, id, controlId: lidClosed.id, by: 'slack:U1 (jo)', reason: 'pressed', ...rest };
  return decide(decision, accountId, scene.engine, CONTROLS);
};
const statusNow = async () => (await scene.engine.ledger.remediation(id))?.status;

test('an approval is carried out by the plan, once, and the ledger names who decided', async () => {
  expect(await say('approve')).toBe(`${id} was carried out: ${REF.resourceId} is remediated`);
  expect(await scene.engine.ledger.remediation(id)).toMatchObject({ status: 'remediated', decidedBy: 'slack:U1 (jo)' });
  const made = scene.world.calls.length;
  expect(made).toBeGreaterThan(0);
  expect(await say('approve')).toMatch(/^nothing more was done: /);
  expect(scene.world.calls).toHaveLength(made);
});

test('a rejection is kept, and nothing is changed', async () => {
  expect(await say('reject')).toMatch(new RegExp(`^${id} was rejected`));
  expect(await statusNow()).toBe('rejected');
  expect(scene.world.calls).toEqual([]);
});

test.each<[string, Partial<Decision>, string, string]>([
  ['another control', { controlId: locked.id }, REF.accountId, `not of ${locked.id}`],
  ['another account', {}, '999988887777', 'these credentials are of account 999988887777'],
  ['no record', { id: 'rem-0' }, REF.accountId, 'rem-0'],
])('of %s it is an answer, and nothing is done', async (_, rest, accountId, says) => {
  const answer = await say('approve', rest, accountId);
  expect(answer).toMatch(/^nothing more was done: /);
  expect(answer).toContain(says);
  expect(await statusNow()).toBe('awaitingApproval');
  expect(scene.world.calls).toEqual([]);
});

test('while another run is at work it throws, to be tried again', async () => {
  await change(scene.engine.ledger, KEY, { lease: { ...FREE, holder: 'another', until: scene.now() + 1 } });
  await expect(say('approve')).rejects.toMatchObject({ name: 'LeaseHeldError' });
  expect(await statusNow()).toBe('awaitingApproval');
});

const operations = () => scene.world.calls.map(({ operation }) => operation);

test('an undo makes the calls of the record and no others, once, and exempts what it opens again', async () => {
  scene.world.onCall = (operation) => {
    if (operation === 'OpenLid' && scene.world.box !== null)
      scene.world.box = { ...scene.world.box, lid: { open: true } };
  };
  await say('approve');
  expect(await say('undo')).toMatch(new RegExp(`^${id} was undone \\(rem-\\S+\\); exempt until \\d{4}-`));
  expect(operations()).toEqual(['CloseLid', 'OpenLid']);
  expect(await say('undo')).toMatch(/^nothing more was done: .*was undone already/);
  expect(operations()).toEqual(['CloseLid', 'OpenLid']);
});

test.each(['detect', 'off'] as const)(
  'an undo of a control in mode %s by now, for which the function may write nothing, is left to the command',
  async (mode) => {
    await say('approve');
    Object.assign(scene.engine.policy, { reachAnywhere: () => mode });
    expect(await say('undo')).toBe(
      `nothing more was done: ${lidClosed.id} is in mode ${mode}, in which the function may write nothing; undo it with your own permissions: npx evenkeel undo ${id}`,
    );
    expect(operations()).toEqual(['CloseLid']);
    expect(await statusNow()).toBe('remediated');
  },
);
