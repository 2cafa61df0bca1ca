import { beforeEach, describe, expect, test } from '@jest/globals';
import { messageOf, NotDecidableError } from '../../../shared/engine/errors.ts';
import {
  approve,
  expire,
  isExpiredApproval,
  onContention,
  reject,
  subjectOf,
} from '../../../shared/engine/reconcile/approvals.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { FREE } from '../../../shared/ledger/lease.ts';
import type { Remediation } from '../../../shared/ledger/records.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { type BoxScene, boxScene, KEY } from '../../support/box-run.ts';
import { box, CAUSE, lidClosed, locked, REF, subjectOf as subject, World } from '../../support/fake-resource.ts';
import { change } from '../../support/ledger-fixtures.ts';

const CONTROLS = [lidClosed, locked];
let scene: BoxScene;
let asked: Remediation;
beforeEach(async () => {
  scene = boxScene(new World({ lid: { open: true } }), { mode: 'approve' });
  const [result] = await reconcile(subject(lidClosed), CAUSE, scene.engine);
  asked = (await scene.engine.ledger.remediation(result?.remediationId ?? '')) as Remediation;
});
const says = (promise: Promise<unknown>) => promise.then(() => 'nothing', messageOf);
const recordNow = () => scene.engine.ledger.remediation(asked.id);
const state = async () => (await scene.session()).state;
const held = () => change(scene.engine.ledger, KEY, { lease: { ...FREE, holder: 'another', until: scene.now() + 1 } });

describe('a rejection', () => {
  test('ends the plan with who and why, and its finding keeps the plan', async () => {
    const rejected = await reject(asked.id, 'jo', 'not now', scene.engine, CONTROLS);
    expect(rejected).toMatchObject({ id: asked.id, status: 'rejected', decidedBy: 'jo', error: 'not now' });
    expect(await recordNow()).toEqual(rejected);
    const { findings, open, lease } = await state();
    expect(findings[lidClosed.id]).toMatchObject({ outcome: 'detected', rejection: { by: 'jo', reason: 'not now' } });
    expect({ open, lease }).toEqual({ open: [], lease: FREE });
    expect(scene.world.calls).toEqual([]);
  });

  test('waits for another run that is at work', async () => {
    await held();
    expect(await says(reject(asked.id, 'jo', 'no', scene.engine, CONTROLS))).toMatch(/LeaseHeldError.*try again/);
    expect(await recordNow()).toMatchObject({ status: 'awaitingApproval' });
  });

  test('of what is not there, or is decided already, is none', async () => {
    expect(await says(reject('rem-0', 'jo', 'no', scene.engine, CONTROLS))).toBe(
      'NotDecidableError: there is no remediation rem-0',
    );
    await reject(asked.id, 'jo', 'no', scene.engine, CONTROLS);
    expect(await says(reject(asked.id, 'ann', 'no', scene.engine, CONTROLS))).toMatch(
      /is rejected, not awaiting approval/,
    );
  });
});

describe('an approval that nobody gave in time', () => {
  const late = () => scene.later(scene.engine.policy.limits.approval);

  test('is expired from its time on', () => {
    expect(isExpiredApproval(asked, scene.engine)).toBe(false);
    late();
    expect(isExpiredApproval(asked, scene.engine)).toBe(true);
    expect(isExpiredApproval({ ...asked, status: 'remediated' }, scene.engine)).toBe(false);
    expect(isExpiredApproval({ ...asked, expires: null }, scene.engine)).toBe(false);
  });

  test('ends, is announced, and its finding is detected', async () => {
    late();
    await expire(asked, scene.engine);
    expect(await recordNow()).toMatchObject({ status: 'expired', error: 'no decision was made in time' });
    expect((await state()).findings[lidClosed.id]).toMatchObject({ outcome: 'detected' });
    expect(await scene.engine.ledger.announcements.claim(scene.now())).toMatchObject([
      {
        key: `expired|${asked.id}`,
        announcement: {
          severity: 'CRITICAL',
          subject: `${asked.id} was not approved: box-1 in eu-west-1`,
          text: expect.stringMatching(/The lid is open\.(.|\n)*requests a new one/),
        },
      },
    ]);
  });

  test('is left alone where it is not over, or a decision came meanwhile', async () => {
    await expire(asked, scene.engine);
    expect(await recordNow()).toMatchObject({ status: 'awaitingApproval' });
    await reject(asked.id, 'jo', 'no', scene.engine, CONTROLS);
    late();
    await expire(asked, scene.engine);
    expect(await recordNow()).toMatchObject({ status: 'rejected' });
    expect(await scene.engine.ledger.announcements.claim(scene.now())).toEqual([]);
  });

  test('is the other run’s to end where one is at work', async () => {
    late();
    await held();
    expect(await says(expire(asked, scene.engine))).toMatch(/LeaseHeldError/);
  });
});

describe('an approval that was given', () => {
  test('looks at the resource for the event that it was asked for, by a person', async () => {
    const result = await approve(asked.id, 'ann', scene.engine, CONTROLS);
    expect(result).toMatchObject({ outcome: 'remediated', eventId: CAUSE.eventId, eventName: CAUSE.eventName });
    expect(scene.engine.notified.at(-1)).toMatchObject({ attribution: CAUSE.attribution, eventTime: CAUSE.eventTime });
  });

  test('while another run is at work is not lost: the plan waits on', async () => {
    await change(scene.engine.ledger, KEY, {
      lease: { ...FREE, holder: 'another', until: scene.now() + 1, handles: CONTROLS.map(({ id }) => id) },
    });
    expect(await approve(asked.id, 'ann', scene.engine, CONTROLS)).toMatchObject({
      outcome: 'detected',
      annotation: expect.stringMatching(/^Another run is working on the resource/),
    });
    expect(await recordNow()).toMatchObject({ status: 'awaitingApproval' });
  });

  test('too late is none, and nothing is changed', async () => {
    scene.later(scene.engine.policy.limits.approval);
    expect(await says(approve(asked.id, 'ann', scene.engine, CONTROLS))).toMatch(
      /^NotDecidableError: rem-.* expired at 2026-01-04T12:00:00.000Z/,
    );
    expect(await says(reject(asked.id, 'ann', 'no', scene.engine, CONTROLS))).toMatch(/ expired at /);
    expect(await recordNow()).toMatchObject({ status: 'awaitingApproval' });
    expect(scene.world.calls).toEqual([]);
  });

  test('for a control that is only detected by now is none: the setting is named, and the finding stays as it would be', async () => {
    Object.assign(scene.engine, { policy: policyFrom({ controls: { [lidClosed.id]: { mode: 'detect' } } }) });
    expect(await approve(asked.id, 'ann', scene.engine, CONTROLS)).toMatchObject({
      outcome: 'detected',
      annotation: `policy.yml sets ${lidClosed.id} to detect. The lid is open.`,
    });
    expect(scene.world.calls).toEqual([]);
    expect((await state()).findings[lidClosed.id]).toMatchObject({ annotation: 'The lid is open.' });
  });

  test('for a control that is off by now is none', async () => {
    Object.assign(scene.engine, { policy: policyFrom({ defaults: { mode: 'off' } }) });
    expect(await says(approve(asked.id, 'ann', scene.engine, CONTROLS))).toBe(
      `NotDecidableError: ${lidClosed.id} is off in policy.yml`,
    );
    expect(scene.world.calls).toEqual([]);
  });
});

test('the resource of a record is looked at by its control, and knows the others of its type', () => {
  const stranger = { ...lidClosed, id: 'other', resource: { ...box } };
  expect(subjectOf(asked, [...CONTROLS, stranger])).toEqual({
    resource: box,
    ref: REF,
    controls: [lidClosed],
    siblings: CONTROLS,
  });
  expect(() => subjectOf(asked, [locked])).toThrow(NotDecidableError);
});

test('whoever comes meanwhile has all of the resource looked at', async () => {
  const { ids, reconcile: look } = onContention(subjectOf(asked, CONTROLS), CAUSE, scene.engine);
  expect(ids).toEqual(CONTROLS.map(({ id }) => id));
  await look();
  expect(scene.world.log.filter((line) => line === 'read lock')).not.toEqual([]);
});
