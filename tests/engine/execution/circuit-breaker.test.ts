import { describe, expect, test } from '@jest/globals';
import { breakerAnnouncement, breakerRefusal } from '../../../shared/engine/execution/circuit-breaker.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { ACCOUNT, type Admission } from '../../../shared/ledger/breaker.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { CAUSE, lidClosed, refusedWith, subjectOf, withSeverity } from '../../support/fake-resource.ts';
import { gateScene } from '../../support/gate-scene.ts';

describe('the breaker', () => {
  const opened: Admission = { refusedBy: lidClosed.id, opened: true, writes: [], taken: [] };
  const limited = (limits: PolicyDocument['limits']) => {
    const scene = gateScene();
    const policy = policyFrom({ defaults: { mode: 'remediate' }, ...(limits === undefined ? {} : { limits }) });
    Object.assign(scene.engine, { policy });
    const drift = async (id = lidClosed.id) => {
      scene.world.box = { lid: { open: true }, lock: { on: true }, label: { text: '' } };
      const [result] = await reconcile(subjectOf(withSeverity(lidClosed, id, 'CRITICAL')), CAUSE, scene.engine);
      return result;
    };
    return { ...scene, drift };
  };

  test('says which limit is reached, and of what', async () => {
    const { run } = limited({ remediationsPerHour: { control: 2, account: 3 } });
    const here = await run([lidClosed]);
    expect(breakerRefusal(here, opened).refusal).toEqual({
      outcome: 'halted',
      reason: 'The circuit breaker is open: 2 remediations of this control within an hour.',
      quiet: true,
      gate: 'breaker',
    });
    expect(breakerRefusal(here, { ...opened, refusedBy: ACCOUNT }).refusal.reason).toMatch(
      /3 remediations of the account/,
    );
  });

  test('is announced for the time that it opens, with what it was and how to go on', async () => {
    const { run } = limited(undefined);
    const here = await run([lidClosed]);
    const announced = breakerAnnouncement(here, lidClosed, opened);
    expect(announced).toMatchObject({
      key: `breaker|${lidClosed.id}`,
      announcement: {
        severity: 'CRITICAL',
        subject: `The circuit breaker has opened: ${lidClosed.id}`,
        text: expect.stringMatching(
          /box-lid-closed on box-1 \(event e-1\)(.|\n)*resume --breaker --control box-lid-closed --look/,
        ),
      },
    });
    const whole = breakerAnnouncement(here, lidClosed, { ...opened, refusedBy: ACCOUNT })?.announcement;
    expect(whole).toMatchObject({
      subject: 'The circuit breaker has opened: nothing is remediated',
      text: expect.stringMatching(/resume --breaker --look/),
    });
    Object.assign(here, { cause: { ...here.cause, eventId: null } });
    expect(breakerAnnouncement(here, lidClosed, opened)?.announcement.text).toContain('box-lid-closed on box-1.\n');
    expect(breakerAnnouncement(here, lidClosed, { ...opened, opened: false })).toBeNull();
    expect(breakerAnnouncement(here, lidClosed, { ...opened, refusedBy: null })).toBeNull();
  });

  test('stops after so many, is announced once, and nobody is notified of each', async () => {
    const { drift, engine, world } = limited({ remediationsPerHour: 2, flap: { times: 9, within: '1h' } });
    expect([(await drift())?.outcome, (await drift())?.outcome]).toEqual(['remediated', 'remediated']);
    for (let turn = 0; turn < 3; turn += 1)
      expect(await drift()).toMatchObject({
        outcome: 'halted',
        gate: 'breaker',
        annotation: expect.stringContaining('2 remediations of this control'),
      });
    expect(world.calls).toHaveLength(2);
    expect(engine.announced.map(({ subject }) => subject)).toEqual([`The circuit breaker has opened: ${lidClosed.id}`]);
    expect(engine.notified.map(({ result }) => result.outcome)).toEqual(['remediated', 'remediated']);
  });

  test('names the group and the template that keep making the drift', async () => {
    const { run } = limited(undefined);
    const tags = { 'aws:autoscaling:groupName': 'web', 'aws:ec2launchtemplate:id': 'lt-1' };
    const announced = breakerAnnouncement(await run([lidClosed]), lidClosed, opened, tags);
    expect(announced?.announcement.text).toContain('It was launched by Auto Scaling group web, launch template lt-1: ');
  });

  test('counts writes that were made: what was refused, for good or for now, takes no place', async () => {
    const { drift, world } = limited({ remediationsPerHour: 2, flap: { times: 9, within: '1h' } });
    world.errors.set('CloseLid', refusedWith('AccessDenied', 'with an explicit deny in a service control policy'));
    for (const id of ['a', 'b', 'c']) expect(await drift(id)).toMatchObject({ outcome: 'blocked' });
    world.errors.set('CloseLid', refusedWith('ConflictException'));
    for (const id of ['d', 'e', 'f', 'f', 'f']) expect(await drift(id)).toMatchObject({ outcome: 'failed' });
    world.errors.clear();
    expect([await drift('g'), await drift('h')]).toMatchObject([{ outcome: 'remediated' }, { outcome: 'remediated' }]);
    expect(await drift('i')).toMatchObject({ outcome: 'halted' });
  });

  test('of a control leaves others alone; that of the account stops every control', async () => {
    const limits = { remediationsPerHour: { control: 1, account: 2 }, flap: { times: 9, within: '1h' } };
    const { drift, engine } = limited(limits);
    const outcomes = [];
    for (const id of ['a', 'a', 'b', 'c', 'c']) outcomes.push((await drift(id))?.outcome);
    expect(outcomes).toEqual(['remediated', 'halted', 'remediated', 'halted', 'halted']);
    expect(engine.announced.map(({ subject }) => subject)).toEqual([
      'The circuit breaker has opened: a',
      'The circuit breaker has opened: nothing is remediated',
    ]);
  });

  test('counts nothing that another gate stops, nor what another run is at work on', async () => {
    const { engine, drift, run } = limited({ remediationsPerHour: 2 });
    const { ledger } = engine;
    await ledger.pause({ control: null, reason: '', by: '', at: '' });
    expect(await drift()).toMatchObject({ outcome: 'halted', gate: 'pause' });
    await ledger.resume(null);
    for (const mode of ['detect', 'approve'] as const) {
      Object.assign(engine, { policy: policyFrom({ defaults: { mode } }) });
      await drift();
    }
    Object.assign(engine, { policy: policyFrom({ defaults: { mode: 'remediate' } }) });
    await run([lidClosed]);
    expect(await drift()).toMatchObject({ annotation: expect.stringMatching(/^Another run is working/) });
    expect(await ledger.breakers.all()).toEqual(new Map());
  });
});
