import { describe, expect, test } from '@jest/globals';
import { type AnyControl, MODES, type Mode } from '../../../shared/control.ts';
import { circumstances } from '../../../shared/engine/execution/outcomes.ts';
import {
  breakerAnnouncement,
  breakerRefusal,
  exemptionFor,
  type Holder,
  isExemptedBy,
  passGates,
  type Verdict,
} from '../../../shared/engine/reconcile/gates.ts';
import { lower } from '../../../shared/engine/reconcile/modes.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { modeOf } from '../../../shared/engine/reconcile/run.ts';
import { ACCOUNT, type Admission } from '../../../shared/ledger/breaker.ts';
import { NO_FLAP } from '../../../shared/ledger/flap.ts';
import type { Ledger, Shared } from '../../../shared/ledger/ledger.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import type { Ownership } from '../../../shared/resource.ts';
import { type Step, step } from '../../../shared/step.ts';
import { HOUR_MS } from '../../../shared/time.ts';
import { boxScene, KEY } from '../../support/box-run.ts';
import {
  BoxClient,
  box,
  CAUSE,
  closeLid,
  lidClosed,
  named,
  REF,
  subjectOf,
  TurnKeyCommand,
  World,
  withSeverity,
} from '../../support/fake-resource.ts';
import { change, exemptionOf, findingOf, remediationOf } from '../../support/ledger-fixtures.ts';

const EXEMPTION = {
  control: lidClosed.id,
  resource: REF.resourceId,
  owner: 'bob',
  reason: 'a demo',
  expires: '2026-01-01',
};
const turnKey = step(BoxClient, TurnKeyCommand, {}, { elements: ['lock'] });

interface Asked {
  readonly mode?: Mode;
  readonly ceiling?: Mode;
  readonly steps?: readonly Step[];
  readonly approved?: boolean;
  readonly byPerson?: boolean;
  readonly policy?: PolicyDocument;
  readonly owner?: Partial<Ownership> | null;
  readonly control?: AnyControl;
  readonly holders?: readonly Holder[];
  readonly pendingElements?: readonly string[];
}

/** Asks the gates about a lid that is open, on 1 January 2026 at noon. */
function stage() {
  const scene = boxScene();
  const { ledger } = scene.engine;
  async function verdictOf({
    mode = 'remediate',
    ceiling = 'remediate',
    steps = [closeLid()],
    approved = false,
    byPerson = false,
    policy = {},
    owner = {},
    control = lidClosed,
    holders = [],
    pendingElements = [],
  }: Asked = {}): Promise<Verdict> {
    Object.assign(scene.engine, { ceiling, policy: policyFrom({ defaults: { mode }, ...policy }) });
    const run = await scene.run([control], { cause: { byPerson } });
    for (const element of pendingElements)
      run.pendingElements.set(element, remediationOf('rem-1', { recheckAt: '2026-01-01T12:15:00.000Z' }));
    const ownership = owner === null ? null : { tags: {}, service: null, ...owner };
    const verdict = passGates({
      run,
      control,
      evaluated: run.evaluate(control),
      steps,
      shared: run.draft.session.shared as Shared,
      mode: modeOf(run, control, ownership?.tags ?? null),
      ownership,
      approved,
      holders,
    });
    await run.draft.write();
    return verdict;
  }
  /** The refusal, where all is refused or nothing is. */
  async function asked(given: Asked = {}) {
    const steps = given.steps ?? [closeLid()];
    const { steps: passed, refusal } = await verdictOf({ ...given, steps });
    expect(passed).toEqual(refusal === null ? steps : []);
    return refusal;
  }
  return { ...scene, ledger, asked, verdictOf };
}
const asked = (given: Asked = {}) => stage().asked(given);

describe('lower', () => {
  test('is the lesser of two modes, whichever comes first', () => {
    for (const a of MODES)
      for (const b of MODES) {
        expect(MODES.indexOf(lower(a, b))).toBe(Math.min(MODES.indexOf(a), MODES.indexOf(b)));
        expect(lower(a, b)).toBe(lower(b, a));
      }
  });
});

describe('by its mode a remediation', () => {
  test.each<[Mode, object]>([
    ['off', { outcome: 'detected', reason: 'policy.yml sets every control to off.', quiet: true }],
    ['detect', { outcome: 'detected', reason: null }],
    ['approve', { outcome: 'awaitingApproval', reason: null }],
  ])('is refused in mode %s', async (mode, refusal) => {
    expect(await asked({ mode })).toEqual(refusal);
  });

  test('is let through in mode remediate, and in mode approve once a person has approved it', async () => {
    expect(await asked()).toBeNull();
    expect(await asked({ mode: 'approve', approved: true })).toBeNull();
  });

  test('is refused under a ceiling, approved or not', async () => {
    expect(await asked({ ceiling: 'detect', approved: true })).toEqual({ outcome: 'detected', reason: null });
    expect(await asked({ ceiling: 'approve' })).toMatchObject({ outcome: 'awaitingApproval' });
  });

  test.each<Mode>(['approve', 'remediate'])('is a person’s where there is no plan, in mode %s', async (mode) => {
    expect(await asked({ mode, steps: [] })).toEqual({ outcome: 'detected', reason: null });
  });
});

describe('a pause', () => {
  const pause = (control: string | null) => ({ control, reason: 'a launch', by: 'ann', at: '' });

  test.each([[null], [lidClosed.id]])('of %s stops what would act, and says by whom and why', async (control) => {
    const { ledger, asked: ask } = stage();
    await ledger.pause(pause(control));
    for (const mode of ['approve', 'remediate'] as const)
      expect(await ask({ mode, approved: true })).toEqual({
        outcome: 'halted',
        reason: 'Paused by ann: a launch.',
        gate: 'pause',
        stoppedBy: { gate: 'pause', everything: control === null },
      });
    expect(await ask({ mode: 'detect' })).toEqual({ outcome: 'detected', reason: null });
    await ledger.resume(control);
    expect(await ask()).toBeNull();
  });

  test('of another control stops nothing', async () => {
    const { ledger, asked: ask } = stage();
    await ledger.pause(pause('box-locked'));
    expect(await ask()).toBeNull();
  });

  test('comes before every other gate', async () => {
    const { ledger, asked: ask } = stage();
    await ledger.pause(pause(null));
    expect(await ask({ policy: { exemptions: [EXEMPTION] }, owner: { service: 'EKS' } })).toMatchObject({
      outcome: 'halted',
    });
  });
});

describe('an exemption', () => {
  const exempted = { outcome: 'exempted', reason: 'Exempt until 2026-01-01 (bob): a demo.', quiet: true };

  test('of policy.yml or of the ledger holds until its last day is over', async () => {
    const { ledger, asked: ask, later } = stage();
    expect(await ask({ policy: { exemptions: [EXEMPTION] } })).toEqual(exempted);
    await ledger.saveExemption(exemptionOf('ex-1', EXEMPTION));
    expect(await ask()).toEqual(exempted);
    later(12 * HOUR_MS - 1);
    expect(await ask()).toEqual(exempted);
    later(1);
    expect(await ask()).toBeNull();
  });

  test('holds in mode detect too, before what is owned', async () => {
    expect(await asked({ policy: { exemptions: [EXEMPTION] }, mode: 'detect' })).toEqual(exempted);
    expect(await asked({ policy: { exemptions: [EXEMPTION] }, owner: { service: 'EKS' } })).toEqual(exempted);
  });

  test.each([
    ['box-1', true],
    ['box-*', true],
    ['arn:aws:box:::box-1', true],
    ['arn:aws:box:::*', true],
    ['*', true],
    ['box', false],
    ['box-1?', false],
    ['arn:aws:box:::box-12', false],
  ])('of %s concerns the resource: %s', async (resource, holds) => {
    const refusal = await asked({ policy: { exemptions: [{ ...EXEMPTION, resource }] } });
    expect(refusal).toEqual(holds ? exempted : null);
    expect(isExemptedBy({ ...EXEMPTION, resource }, lidClosed.id, 'arn:aws:box:::box-1', 'box-1')).toBe(holds);
  });

  test('of another control does not', async () => {
    expect(await asked({ policy: { exemptions: [{ ...EXEMPTION, control: 'box-locked' }] } })).toBeNull();
  });

  test('of what an undo brought back is none for all else of the resource', async () => {
    const { ledger, run } = stage();
    await ledger.saveExemption(exemptionOf('ex-1', { ...EXEMPTION, elements: ['lock'] }));
    const here = await run([lidClosed]);
    expect(exemptionFor(here, lidClosed, here.draft.session.shared as Shared)).toBeNull();
  });
});

describe('what others take care of', () => {
  test('is notified, and not touched', async () => {
    const refused = (words: string) => ({ outcome: 'detected', reason: expect.stringContaining(words) });
    expect(await asked({ owner: { service: 'EKS' } })).toEqual(refused('Not touched: EKS made it and keeps it.'));
    const owners = { tags: { team: 'data-*' } };
    expect(await asked({ owner: { tags: { team: 'data-lake' } }, policy: { owners } })).toEqual(refused('team=data'));
    expect(await asked({ owner: { tags: { team: 'web' } }, policy: { owners } })).toBeNull();
  });

  test('is acted on where a control overrides that a service keeps it, and never where people say that it is theirs', async () => {
    const control: AnyControl = { ...lidClosed, overrides: 'ownership' };
    expect(await asked({ control, owner: { service: 'EKS' } })).toBeNull();
    const owners = { tags: { team: 'data' } };
    expect(
      await asked({ control, owner: { service: 'EKS', tags: { team: 'data' } }, policy: { owners } }),
    ).toMatchObject({ outcome: 'detected' });
  });

  test('need not be known where no mode lets us act', async () => {
    expect(await asked({ owner: null, mode: 'detect' })).toEqual({ outcome: 'detected', reason: null });
  });

  test('may say by its tags how much may be done', async () => {
    const policy: PolicyDocument = { matches: [{ tags: { stage: 'test' }, mode: 'remediate' }] };
    expect(await asked({ mode: 'detect', policy, owner: { tags: { stage: 'test' } } })).toBeNull();
    expect(await asked({ mode: 'detect', policy, owner: { tags: { stage: 'live' } } })).toMatchObject({
      outcome: 'detected',
    });
  });

  test('must be known: where it cannot be read, nothing is written', async () => {
    const { world, engine } = stage();
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

describe('what is blocked', () => {
  async function blocked(
    rest: { readonly byPerson?: boolean; readonly version?: string; readonly facets?: string } = {},
  ) {
    const { byPerson = false, ...circumstance } = rest;
    const { ledger, asked: ask, later, run, engine } = stage();
    Object.assign(engine, { policy: policyFrom({ defaults: { mode: 'remediate' } }) });
    const here = await run([lidClosed]);
    const tried = { ...circumstances(here, here.evaluate(lidClosed)), ...circumstance };
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

  test.each<[string, object]>([
    ['a person asks', { byPerson: true }],
    ['the deployed version or policy is another', { version: 'another' }],
    ['the resource reads otherwise', { facets: 'another' }],
  ])('is tried again at once where %s', async (_why, rest) => {
    expect(await (await blocked(rest)).ask()).toBeNull();
  });
});

describe('what AWS is at work on', () => {
  test('is not changed again, and the rest is', async () => {
    const { verdictOf } = stage();
    const { steps, refusal } = await verdictOf({ steps: [closeLid(), turnKey], pendingElements: ['lid'] });
    expect(steps).toEqual([turnKey]);
    expect(refusal).toEqual({
      outcome: 'pending',
      reason: 'AWS is at work on it (rem-1), looked at again at 2026-01-01T12:15:00.000Z.',
      quiet: true,
    });
  });
});

describe('a sibling control that finds the same', () => {
  const holder = (rest: Partial<Holder> = {}): Holder => ({
    control: withSeverity(lidClosed, 'box-sibling', 'CRITICAL'),
    exemption: EXEMPTION,
    elements: ['lid'],
    ...rest,
  });

  test.each<[string, Holder, string | null]>([
    ['is exempt', holder(), 'Left alone: box-sibling, which finds the same, is exempt until 2026-01-01 (bob).'],
    [
      'has to be asked about',
      holder({ exemption: null }),
      'Left alone: box-sibling, which finds the same, requires approval.',
    ],
    [
      'may find the same',
      holder({ elements: null }),
      'Left alone: box-sibling, which may find the same (it could not be evaluated), is exempt until 2026-01-01 (bob).',
    ],
    ['finds another thing', holder({ elements: ['lock'] }), null],
    ['is less severe', holder({ control: withSeverity(lidClosed, 'box-sibling', 'HIGH') }), null],
    ['is the control itself', holder({ control: lidClosed }), null],
  ])('and %s', async (_what, given, reason) => {
    expect(await asked({ holders: [given] })).toEqual(reason === null ? null : { outcome: 'detected', reason });
  });

  test('of those that a person has approved stops only what is exempt', async () => {
    expect(await asked({ holders: [holder({ exemption: null })], approved: true })).toBeNull();
    expect(await asked({ holders: [holder()], approved: true })).toMatchObject({ outcome: 'detected' });
  });
});

describe('a flap', () => {
  const policy: PolicyDocument = { limits: { flap: { times: 2, within: '1h' } } };
  const flapping = async () => {
    const scene = stage();
    const times = [Date.parse('2026-01-01T11:40:00Z'), Date.parse('2026-01-01T11:50:00Z')];
    await change(scene.ledger, KEY, { flaps: { lid: { ...NO_FLAP, times, controlId: lidClosed.id } } });
    return scene;
  };

  test('stops, and names who it was and with which tool', async () => {
    const { asked: ask } = await flapping();
    expect(await ask({ policy })).toEqual({
      outcome: 'halted',
      reason: 'Remediated 2 times, and it came back each time.',
      by: 'Last by ann with console.',
      gate: 'flap',
      stoppedBy: { gate: 'flap', everything: false },
    });
    const made = { tags: { 'aws:cloudformation:stack-name': 'web' } };
    expect((await ask({ policy, owner: made }))?.by).toBe('Last by ann with console on what CloudFormation made.');
  });

  test('goes on stopping while the drift is seen, and ends by itself after a quiet time', async () => {
    const { asked: ask, later } = await flapping();
    for (let turn = 0; turn < 5; turn += 1) {
      expect(await ask({ policy })).toMatchObject({ outcome: 'halted' });
      later(HOUR_MS / 2);
    }
    later(HOUR_MS / 2 + 1);
    expect(await ask({ policy })).toBeNull();
  });

  test('stops what it holds of a remediation, and not the rest', async () => {
    const { verdictOf } = await flapping();
    const { steps, refusal } = await verdictOf({ policy, steps: [closeLid(), turnKey] });
    expect([steps, refusal?.outcome]).toEqual([[turnKey], 'halted']);
  });

  test('is not counted by asking', async () => {
    const { asked: ask, session } = stage();
    for (let turn = 0; turn < 5; turn += 1) expect(await ask({ policy })).toBeNull();
    expect((await session()).state.flaps).toEqual({});
  });
});

describe('the breaker', () => {
  const opened: Admission = { refusedBy: lidClosed.id, opened: true, writes: [], taken: [] };
  const limited = (limits: PolicyDocument['limits']) => {
    const scene = stage();
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
    expect(engine.told.map(({ result }) => result.outcome)).toEqual(['remediated', 'remediated']);
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
    expect(await drift()).toMatchObject({ annotation: expect.stringMatching(/^Another run is at work/) });
    expect(await ledger.breakers.all()).toEqual(new Map());
  });
});

describe('a gate whose store does not answer', () => {
  test.each<Mode>(['detect', 'approve', 'remediate'])('stops everything that would act, in mode %s', async (mode) => {
    const { world, engine } = stage();
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
