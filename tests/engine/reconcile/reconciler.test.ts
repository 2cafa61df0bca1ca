import { describe, expect, test } from '@jest/globals';
import {
  type AnyControl,
  compliant,
  defineControl,
  type Mode,
  nonCompliant,
  notApplicable,
} from '../../../shared/control.ts';
import type { Engine } from '../../../shared/engine/context.ts';
import { reconcile } from '../../../shared/engine/reconcile/reconciler.ts';
import { LEASE_MS } from '../../../shared/ledger/lease.ts';
import { resourceKey } from '../../../shared/ledger/ledger.ts';
import { defaultParameters } from '../../../shared/policy/defaults.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import type { Result } from '../../../shared/result.ts';
import { step } from '../../../shared/step.ts';
import { testEngine } from '../../support/engine.ts';
import {
  BoxClient,
  type Breaks,
  box,
  CAUSE,
  closeLid,
  GOOD,
  kept,
  labelled,
  lidClosed,
  locked,
  named,
  OpenLidCommand,
  REF,
  refusedWith,
  subjectOf,
  TurnKeyCommand,
  World,
  watchedLedger,
  watchedNotifier,
  withSeverity,
} from '../../support/fake-resource.ts';

const OPEN = { lid: { open: true } };
const KEY = resourceKey('box', REF);

/** The keys of DESIGN §7. */
const KEYS = [
  'accountId',
  'after',
  'annotation',
  'before',
  'controlId',
  'error',
  'eventId',
  'eventName',
  'mode',
  'outcome',
  'region',
  'remediationId',
  'resourceId',
  'resourceType',
  'severity',
  'steps',
];

interface Setting {
  readonly world?: World;
  readonly mode?: Mode;
  readonly modes?: Readonly<Record<string, Mode>>;
  readonly ceiling?: Mode;
  readonly breaks?: Breaks;
  readonly notifier?: Engine['notifier'];
}

/** An engine on a box, with everything that happens in one log. */
function scene({ world = new World(), mode = 'remediate', modes = {}, ceiling, breaks, notifier }: Setting = {}) {
  const sleeps: number[] = [];
  let now = Date.parse('2026-01-01T00:00:02Z');
  const { ledger, ...book } = watchedLedger(world, breaks, () => now++);
  const engine = testEngine((region) => world.aws(region), mode, {
    ledger,
    ...(ceiling === undefined ? {} : { ceiling }),
    clock: {
      now: () => new Date(now++),
      async sleep(milliseconds) {
        sleeps.push(milliseconds);
      },
    },
    policy: {
      ...policyFrom(null),
      version: 'v1',
      reach: (control) => modes[control.id] ?? mode,
      settingsFor: (control) => ({
        mode: modes[control.id] ?? mode,
        parameters: defaultParameters(control),
        why: 'the test says so',
      }),
    },
  });
  const told = engine.told;
  Object.assign(engine, { notifier: notifier ?? watchedNotifier(world, told) });
  const run = async (...controls: AnyControl[]): Promise<readonly Result[]> => {
    const results = await reconcile(subjectOf(...controls), CAUSE, engine);
    for (const result of results) expect(Object.keys(result).sort()).toEqual(KEYS);
    return results;
  };
  const later = (milliseconds: number) => {
    now += milliseconds;
  };
  return { world, engine, ledger, told, sleeps, run, later, ...book };
}
const writes = (world: World) => world.calls.map(({ operation }) => operation);

describe('what is never written to', () => {
  test('a resource that is compliant: one ledger read, and no more', async () => {
    const { world, run, told } = scene();
    const [result] = await run(lidClosed);
    expect(result).toEqual({
      eventId: 'e-1',
      eventName: 'OpenLid',
      controlId: 'box-lid-closed',
      severity: 'CRITICAL',
      resourceType: 'AWS::Box::Box',
      resourceId: 'box-1',
      accountId: '111122223333',
      region: 'eu-west-1',
      outcome: 'compliant',
      before: 'COMPLIANT',
      after: 'COMPLIANT',
      annotation: 'The lid is closed.',
      mode: 'remediate',
      steps: [],
      remediationId: null,
      error: null,
    });
    expect(world.log).toEqual(['read lid', 'ledger load']);
    expect(told).toEqual([]);
  });

  test('a resource that is gone', async () => {
    const { world, run } = scene({ world: new World(null) });
    expect(await run(lidClosed)).toMatchObject([
      { outcome: 'notApplicable', before: 'NOT_APPLICABLE', after: 'NOT_APPLICABLE', steps: [], error: null },
    ]);
    expect(world.calls).toEqual([]);
  });

  test('one that the control does not concern', async () => {
    const { run } = scene();
    const bystander = { ...lidClosed, evaluate: () => notApplicable('Not mine.') };
    expect(await run(bystander)).toMatchObject([{ outcome: 'notApplicable', annotation: 'Not mine.', error: null }]);
  });

  test.each<[Mode, Mode, string]>([
    ['detect', 'remediate', 'detected'],
    ['approve', 'remediate', 'awaitingApproval'],
    ['remediate', 'detect', 'detected'],
    ['remediate', 'approve', 'awaitingApproval'],
    ['approve', 'detect', 'detected'],
    ['detect', 'approve', 'detected'],
  ])('one in mode %s under a ceiling of %s: it is %s, with the plan', async (mode, ceiling, outcome) => {
    const { world, run, told } = scene({ world: new World(OPEN), mode, ceiling });
    const [result] = await run(lidClosed);
    expect(result).toMatchObject({
      outcome,
      before: 'NON_COMPLIANT',
      after: 'NON_COMPLIANT',
      annotation: 'The lid is open.',
      mode: [mode, ceiling].includes('detect') ? 'detect' : 'approve',
      steps: [{ service: 'box', operation: 'CloseLid', input: { force: true } }],
      remediationId: outcome === 'awaitingApproval' ? expect.stringMatching(/^rem-/) : null,
      error: null,
    });
    expect(world.calls).toEqual([]);
    expect(told).toHaveLength(1);
  });

  test('one whose controls are off: it is not even read', async () => {
    const { world, run } = scene({ world: new World(OPEN), mode: 'off' });
    expect(await run(lidClosed, labelled)).toEqual([]);
    expect(world.log).toEqual([]);
  });

  test('the facets of a control that is off', async () => {
    const { world, run } = scene({ modes: { 'box-labelled': 'off' } });
    expect(await run(lidClosed, labelled)).toHaveLength(1);
    expect(world.log).toEqual(['read lid', 'ledger load']);
  });

  test.each<Mode>(['remediate', 'approve'])('one that needs a person, in mode %s', async (mode) => {
    const { world, run, told } = scene({ world: new World({ label: { text: '' } }), mode });
    expect(await run(labelled)).toMatchObject([
      { outcome: 'detected', after: 'NON_COMPLIANT', steps: [], error: null },
    ]);
    expect(world.calls).toEqual([]);
    expect(told).toHaveLength(1);
  });
});

describe('a remediation', () => {
  test('saves its record, acts, verifies, saves, and tells', async () => {
    const { world, run, told } = scene({ world: new World(OPEN) });
    const [result] = await run(locked);
    expect(result).toMatchObject({
      outcome: 'remediated',
      before: 'NON_COMPLIANT',
      after: 'COMPLIANT',
      annotation: 'It is not locked.',
      steps: [
        { service: 'box', operation: 'CloseLid', input: { force: true } },
        { service: 'box', operation: 'TurnKey', input: { turns: 2 } },
      ],
      error: null,
    });
    expect(world.log).toEqual([
      'read lid',
      'read lock',
      'ledger load',
      'ledger write lease',
      'ledger shared',
      'ledger write applying',
      'call CloseLid',
      'ledger write applying',
      'call TurnKey',
      'read lid',
      'read lock',
      'ledger write remediated release',
      'notified remediated',
      'ledger write',
    ]);
    expect(told).toMatchObject([
      {
        result: { outcome: 'remediated', remediationId: result?.remediationId },
        control: { id: 'box-locked' },
        consoleUrl: 'https://example.com/box-1',
        attribution: { actor: 'ann' },
        eventTime: '2026-01-01T00:00:00Z',
        reversible: false,
      },
    ]);
  });

  test('is on record from the first call on, and whole at the end', async () => {
    const { run, history, ledger } = scene({ world: new World(OPEN) });
    const [result] = await run(lidClosed);
    expect(history[0]).toMatchObject({
      status: 'applying',
      before: { lid: { open: true }, ref: REF },
      after: null,
      steps: [{ operation: 'CloseLid', status: 'intended', undo: [{ operation: 'OpenLid' }], requestId: null }],
      eventId: 'e-1',
      attribution: { actor: 'ann' },
      codeVersion: 'test',
      policyVersion: 'v1',
    });
    const record = await ledger.remediation(result?.remediationId ?? '');
    expect(record).toMatchObject({
      controlId: 'box-lid-closed',
      severity: 'CRITICAL',
      status: 'remediated',
      mode: 'remediate',
      annotation: 'The lid is open.',
      after: { lid: { open: false } },
      afterCompliance: 'COMPLIANT',
      steps: [
        {
          operation: 'CloseLid',
          status: 'made',
          undo: [{ service: 'box', operation: 'OpenLid', input: {} }],
          requestId: 'request-1',
          error: null,
        },
      ],
      error: null,
      times: { event: CAUSE.eventTime, received: CAUSE.receivedAt },
    });
    const { decided, applied, verified } = record?.times ?? {};
    expect([decided, applied, verified]).toEqual([decided, applied, verified].toSorted());
    expect(verified).toEqual(expect.any(String));
    expect(record?.id).toMatch(/^rem-\d{17}-[0-9a-f]{8}$/);
  });

  test('done twice does nothing the second time', async () => {
    const { world, run, told } = scene({ world: new World(OPEN) });
    await run(lidClosed);
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'compliant', steps: [] }]);
    expect(writes(world)).toEqual(['CloseLid']);
    expect(told).toHaveLength(1);
  });

  test('takes "it is so already" for done, with nothing to take back', async () => {
    const world = new World(OPEN);
    world.stale.push({ ...GOOD, ...OPEN }, { ...GOOD, ...OPEN });
    world.box = GOOD;
    world.errors.set('CloseLid', named('LidIsClosed'));
    const { run, kept } = scene({ world });
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated', after: 'COMPLIANT', error: null }]);
    expect(kept()).toMatchObject([{ status: 'remediated', steps: [{ status: 'alreadySo', undo: [], error: null }] }]);
  });

  test('goes to the region of its step', async () => {
    const far = { ...lidClosed, plan: () => [{ ...closeLid(), region: 'us-east-1' }] };
    const { world, run } = scene({ world: new World(OPEN) });
    expect(await run(far)).toMatchObject([{ steps: [{ operation: 'CloseLid', region: 'us-east-1' }] }]);
    expect(world.calls).toMatchObject([{ region: 'us-east-1' }]);
    await scene({ world }).run(lidClosed);
  });
});

describe('a step that is refused', () => {
  const refused = (operation: string) => {
    const world = new World({ ...OPEN, lock: { on: false } });
    world.errors.set(operation, refusedWith('AccessDenied', 'no, said\n  the service'));
    return world;
  };

  test('ends the plan: the record says which step failed and why, and nothing later is made', async () => {
    const threeSteps: AnyControl = {
      ...locked,
      plan: () => [closeLid(), step(BoxClient, TurnKeyCommand, {}), step(BoxClient, OpenLidCommand, {})],
    };
    const { world, run, kept } = scene({ world: refused('TurnKey') });
    const [result] = await run(threeSteps);
    expect(result).toMatchObject({ outcome: 'failed', before: 'NON_COMPLIANT', after: null });
    expect(result?.error).toBe('StepFailedError: box:TurnKey failed: AccessDenied: no, said the service');
    expect(writes(world)).toEqual(['CloseLid']);
    const [record] = kept();
    expect(record?.id).toBe(result?.remediationId);
    expect(record).toMatchObject({ status: 'failed', error: result?.error, afterCompliance: null });
    expect(record?.steps).toMatchObject([
      { operation: 'CloseLid', status: 'made', undo: [{ operation: 'OpenLid' }] },
      { operation: 'TurnKey', status: 'failed', error: 'AccessDenied: no, said the service', undo: null },
      { operation: 'OpenLid', status: 'intended', error: null },
    ]);
  });

  test('is told once, however its text differs, and kept as a finding', async () => {
    const world = refused('CloseLid');
    const { run, told, ledger } = scene({ world });
    await run(lidClosed);
    world.errors.set('CloseLid', refusedWith('AccessDenied', 'no, said the service: request 4711'));
    const [again] = await run(lidClosed);
    expect(told).toHaveLength(1);
    expect(told[0]?.result).toMatchObject({ outcome: 'failed', controlId: 'box-lid-closed' });
    const { findings } = (await ledger.load(KEY)).state;
    expect(findings).toMatchObject({ 'box-lid-closed': { outcome: 'failed', annotation: again?.error } });
  });

  test('has its siblings judge what the steps before it have left', async () => {
    const { world, run } = scene({ world: refused('TurnKey') });
    expect(await run(withSeverity(locked, 'box-a', 'CRITICAL'), withSeverity(lidClosed, 'box-b', 'LOW'))).toMatchObject(
      [
        { controlId: 'box-a', outcome: 'failed' },
        { controlId: 'box-b', outcome: 'remediated', before: 'NON_COMPLIANT', after: 'COMPLIANT', steps: [] },
      ],
    );
    expect(writes(world)).toEqual(['CloseLid']);
  });

  test('is not told to be reversible where a step that was made is not', async () => {
    const { run, told } = scene({ world: refused('CloseLid') });
    await run({ ...lidClosed, plan: () => [step(BoxClient, TurnKeyCommand, {}), closeLid()] });
    expect(told).toMatchObject([{ reversible: false }]);
  });

  test('is tried again by the next event, and its finding is closed', async () => {
    const world = refused('TurnKey');
    const { run, told, ledger } = scene({ world });
    await run(locked);
    world.errors.clear();
    expect(await run(locked)).toMatchObject([{ outcome: 'remediated', steps: [{ operation: 'TurnKey' }] }]);
    expect((await ledger.load(KEY)).state.findings).toEqual({});
    expect(told.map(({ result }) => result.outcome)).toEqual(['failed', 'remediated']);
  });

  test('leaves the other controls their turn', async () => {
    const world = refused('CloseLid');
    world.box = { ...GOOD, ...OPEN, label: { text: '' } };
    const { run } = scene({ world });
    expect(await run(lidClosed, labelled)).toMatchObject([{ outcome: 'failed' }, { outcome: 'detected' }]);
  });

  test('stays on record as made where its undo cannot be told', async () => {
    const broken: AnyControl = {
      ...lidClosed,
      plan: () => [
        {
          ...closeLid(),
          undo: () => {
            throw new TypeError('no such output');
          },
        },
      ],
    };
    const { run, kept } = scene({ world: new World(OPEN) });
    expect(await run(broken)).toMatchObject([{ outcome: 'remediated' }]);
    expect(kept()[0]?.steps).toMatchObject([
      { status: 'made', undo: null, error: expect.stringMatching(/its undo is not known: .*no such output/) },
    ]);
  });
});

describe('verification', () => {
  const stale = (world: World, ...boxes: (typeof world.box)[]) => world.stale.push(...boxes);

  test('reads again until the change is seen', async () => {
    const world = new World(OPEN);
    const old = { ...GOOD, ...OPEN };
    const { run, sleeps } = scene({ world });
    stale(world, old, old, old, old);
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated', after: 'COMPLIANT' }]);
    expect(sleeps).toEqual([250, 500, 1000]);
    expect(writes(world)).toEqual(['CloseLid']);
  });

  test('gives up after a while: the call was made, and the outcome is failed', async () => {
    const world = new World(OPEN);
    world.inert.add('CloseLid');
    const { run, sleeps, kept, told } = scene({ world });
    const [result] = await run(lidClosed);
    expect(result).toMatchObject({ outcome: 'failed', before: 'NON_COMPLIANT', after: null });
    expect(result?.error).toMatch(/^NotConvergedError: .*The lid is open/);
    expect(sleeps).toEqual([250, 500, 1000, 2000, 4000, 8000]);
    expect(kept()).toMatchObject([{ status: 'failed', steps: [{ status: 'made' }] }]);
    expect(told).toMatchObject([{ result: { outcome: 'failed' } }]);
  });

  /** Breaks every read once the lid was closed. */
  function blindAfterwards(world: World, error: Error) {
    const change = world.onCall;
    world.onCall = (operation) => {
      change(operation);
      if (operation === 'CloseLid') world.errors.set('lid', error);
    };
  }

  test('outlives a read that fails', async () => {
    const world = new World(OPEN);
    const { run, engine, sleeps } = scene({ world });
    blindAfterwards(world, named('ThrottlingException'));
    const { sleep } = engine.clock;
    engine.clock.sleep = async (milliseconds) => {
      if (sleeps.length === 1) world.errors.clear();
      return sleep(milliseconds);
    };
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated', after: 'COMPLIANT', error: null }]);
    expect(sleeps).toEqual([250, 500]);
  });

  test('that no read allows is made up for by the next look that can read: one record, one notification', async () => {
    const world = new World(OPEN);
    const { run, kept, told, engine } = scene({ world });
    blindAfterwards(world, named('AccessDenied'));
    const [result] = await run(lidClosed);
    expect(result).toMatchObject({
      outcome: 'pending',
      annotation: expect.stringMatching(/not verified yet: .*could not read lid of box-1 \(AccessDenied/),
    });
    expect(kept()).toMatchObject([{ status: 'pending', recheckAt: expect.any(String) }]);
    expect(engine.sent).toMatchObject([{ service: 'box', detail: REF }]);
    expect(told).toEqual([]);
    world.errors.clear();
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated', remediationId: result?.remediationId }]);
    expect(kept()).toMatchObject([{ status: 'remediated', steps: [{ status: 'made' }] }]);
    expect(told).toMatchObject([{ result: { outcome: 'remediated' } }]);
    expect(writes(world)).toEqual(['CloseLid']);
  });

  test('does not take an answer that it is gone for good news at once', async () => {
    const world = new World(OPEN);
    const { run } = scene({ world });
    stale(world, { ...GOOD, ...OPEN }, { ...GOOD, ...OPEN }, null, null);
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated', after: 'COMPLIANT' }]);
  });

  test('of what somebody deleted meanwhile ends with nothing left to be wrong', async () => {
    const world = new World(OPEN);
    const { run, engine } = scene({ world });
    engine.clock.sleep = async () => {
      world.box = null;
    };
    world.inert.add('CloseLid');
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'remediated', after: 'NOT_APPLICABLE', error: null }]);
  });
});

describe('reading', () => {
  test('happens once for all controls', async () => {
    const { world, run } = scene();
    await run(lidClosed, locked, labelled, kept);
    expect(world.log.filter((line) => line.startsWith('read')).sort()).toEqual(['read label', 'read lid', 'read lock']);
  });

  test('that fails for one facet fails only the controls that need it', async () => {
    const world = new World({ ...OPEN, label: { text: '' } });
    world.errors.set('lock', named('AccessDenied', 'not for you'));
    const { run, told } = scene({ world });
    const results = await run(lidClosed, locked, labelled);
    expect(results).toMatchObject([
      { controlId: 'box-lid-closed', outcome: 'remediated' },
      {
        controlId: 'box-locked',
        outcome: 'failed',
        before: null,
        after: null,
        steps: [],
        error: 'UnreadableError: could not read lock of box-1 (AccessDenied: not for you)',
      },
      { controlId: 'box-labelled', outcome: 'detected' },
    ]);
    expect(told.map(({ result }) => result.outcome)).toEqual(['remediated', 'failed', 'detected']);
    expect(writes(world)).toEqual(['CloseLid']);
  });

  test('nothing at all is never compliant', async () => {
    const world = new World();
    world.errors.set('lid', named('InternalError'));
    world.errors.set('lock', named('InternalError'));
    const { run } = scene({ world });
    expect(await run(lidClosed, locked)).toMatchObject([
      { outcome: 'failed', before: null },
      { outcome: 'failed', before: null },
    ]);
  });

  test('from a listing is enough to see that all is well', async () => {
    const { world, engine } = scene();
    const results = await reconcile({ ...subjectOf(lidClosed), known: { lid: { open: false } } }, CAUSE, engine);
    expect(results).toMatchObject([{ outcome: 'compliant' }]);
    expect(world.log).toEqual(['ledger load']);
  });

  test('from a listing is never enough to act on', async () => {
    const { world, engine } = scene();
    const results = await reconcile({ ...subjectOf(lidClosed), known: { lid: { open: true } } }, CAUSE, engine);
    expect(results).toMatchObject([{ outcome: 'compliant' }]);
    expect(world.calls).toEqual([]);
  });
});

describe('the state that a control is given', () => {
  test('is frozen to the bottom, whoever read it', async () => {
    const meddler = (change: (state: { lid: { open: boolean }; ref: object }) => void): AnyControl => ({
      ...lidClosed,
      id: 'box-meddled-with',
      evaluate(state: never) {
        change(state);
        return compliant('I have seen to it.');
      },
    });
    const { run, world } = scene({ world: new World(OPEN), mode: 'detect' });
    for (const change of [
      (state: { lid: { open: boolean } }) => {
        state.lid.open = false;
      },
      (state: object) => {
        Object.assign(state, { lid: { open: false } });
      },
    ]) {
      const results = await run({ ...meddler(change), severity: 'CRITICAL' }, withSeverity(lidClosed, 'box-x', 'LOW'));
      expect(results).toMatchObject([
        { outcome: 'failed', error: expect.stringMatching(/^TypeError/) },
        { outcome: 'detected' },
      ]);
    }
    expect(world.box).toEqual({ ...GOOD, ...OPEN });
  });

  test('holds the facets it needs, which resource they are of, its parameters and the time, and no more', async () => {
    const seen: unknown[] = [];
    const curious: AnyControl = {
      ...lidClosed,
      evaluate(...given: unknown[]) {
        seen.push(given);
        return compliant('');
      },
    };
    await scene().run(curious, labelled);
    expect(seen).not.toEqual([]);
    for (const given of seen)
      expect(given).toEqual([
        { lid: { open: false }, ref: REF },
        { parameters: { depth: 1 }, now: expect.any(Date), lastKnown: null },
      ]);
  });
});

describe('several controls', () => {
  test('take their turn by severity, then by id', async () => {
    const some = [
      withSeverity(labelled, 'c', 'LOW'),
      withSeverity(labelled, 'b', 'HIGH'),
      withSeverity(labelled, 'a', 'HIGH'),
      withSeverity(labelled, 'd', 'CRITICAL'),
      withSeverity(labelled, 'e', 'INFORMATIONAL'),
    ];
    const results = await scene().run(...some);
    expect(results.map(({ controlId }) => controlId)).toEqual(['d', 'a', 'b', 'c', 'e']);
  });

  test('do not make the same change twice: the second is put right by the first', async () => {
    const { world, run, told } = scene({ world: new World(OPEN) });
    const [first, second] = await run(withSeverity(lidClosed, 'box-b', 'LOW'), lidClosed);
    expect(writes(world)).toEqual(['CloseLid']);
    expect(first).toMatchObject({ controlId: 'box-lid-closed', outcome: 'remediated' });
    expect(second).toMatchObject({
      controlId: 'box-b',
      outcome: 'remediated',
      before: 'NON_COMPLIANT',
      after: 'COMPLIANT',
      annotation: 'The lid is open.',
      steps: [],
      remediationId: first?.remediationId,
    });
    expect(told).toHaveLength(1);
  });

  test('plan from what the one before has left', async () => {
    const { world, run } = scene({ world: new World({ ...OPEN, lock: { on: false } }) });
    expect(await run(locked, lidClosed)).toMatchObject([
      { controlId: 'box-lid-closed', steps: [{ operation: 'CloseLid' }] },
      { controlId: 'box-locked', outcome: 'remediated', steps: [{ operation: 'TurnKey' }] },
    ]);
    expect(writes(world)).toEqual(['CloseLid', 'TurnKey']);
  });

  test('each keep to their own mode', async () => {
    const { run } = scene({ world: new World({ ...OPEN, lock: { on: false } }), modes: { 'box-locked': 'detect' } });
    expect(await run(locked, lidClosed)).toMatchObject([
      { controlId: 'box-lid-closed', outcome: 'remediated', mode: 'remediate' },
      { controlId: 'box-locked', outcome: 'detected', mode: 'detect', steps: [{ operation: 'TurnKey' }] },
    ]);
  });
});

describe('a control that throws', () => {
  const oops = () => {
    throw new TypeError('oops');
  };
  test.each<[string, AnyControl, object]>([
    ['in evaluate', { ...lidClosed, evaluate: oops }, { before: null }],
    ['in plan', { ...lidClosed, plan: oops }, { before: 'NON_COMPLIANT', annotation: 'The lid is open.' }],
  ])('%s fails by itself', async (_name, broken, rest) => {
    const { world, run } = scene({ world: new World({ ...OPEN, label: { text: '' } }) });
    expect(await run(broken, labelled)).toMatchObject([
      { outcome: 'failed', error: 'TypeError: oops', after: null, steps: [], ...rest },
      { outcome: 'detected' },
    ]);
    expect(world.calls).toEqual([]);
  });
});

describe('a resource whose deletion is drift', () => {
  const lost = { label: { text: 'jewels' }, lock: { on: true } };

  test('is remembered while it is good, and only when that is news', async () => {
    const { world, run, ledger } = scene({ world: new World({ label: { text: 'jewels' } }) });
    await run(kept);
    expect((await ledger.load(KEY)).state.lastKnown).toEqual(lost);
    await run(kept, lidClosed);
    expect(world.log.filter((line) => line.startsWith('ledger write'))).toHaveLength(1);
    world.box = { ...GOOD, label: { text: 'gold' } };
    await run(kept);
    expect((await ledger.load(KEY)).state.lastKnown).toEqual({ ...lost, label: { text: 'gold' } });
  });

  test.each<[string, Partial<World['box']>, Mode]>([
    ['bad', { label: { text: 'rotten' } }, 'detect'],
    ['bad, and nothing can be done', { label: { text: 'rotten' } }, 'remediate'],
  ])('is not remembered while it is %s', async (_name, state, mode) => {
    const { run, ledger } = scene({ world: new World(state ?? {}), mode });
    await run(kept);
    expect((await ledger.load(KEY)).state.lastKnown).toEqual({});
  });

  test('is not remembered half read', async () => {
    const world = new World();
    world.errors.set('lock', named('AccessDenied'));
    const { run, ledger } = scene({ world });
    await run(kept);
    expect((await ledger.load(KEY)).state.lastKnown).toEqual({});
  });

  test('is put back from the ledger, verified and remembered', async () => {
    const world = new World({ label: { text: 'jewels' } });
    const { run, kept: records } = scene({ world });
    await run(kept);
    world.box = null;
    expect(await run(kept)).toMatchObject([
      {
        outcome: 'remediated',
        before: 'NON_COMPLIANT',
        after: 'COMPLIANT',
        annotation: 'It was lost: jewels.',
        steps: [{ operation: 'MakeBox', input: { label: { text: 'jewels' } } }, { operation: 'TurnKey' }],
      },
    ]);
    expect(world.box).toMatchObject({ label: { text: 'jewels' } });
    expect(records()).toMatchObject([{ before: { ...lost, ref: REF }, status: 'remediated' }]);
  });

  test('is put back from AWS Config where the ledger knows nothing', async () => {
    const world = new World(null);
    world.lastKnown = async () => ({ label: { text: 'letters' } });
    expect(await scene({ world }).run(kept)).toMatchObject([
      { outcome: 'remediated', annotation: 'It was lost: letters.' },
    ]);
  });

  test('is a matter for a person where nobody knows', async () => {
    const { run, world } = scene({ world: new World(null) });
    expect(await run(kept)).toMatchObject([
      { outcome: 'detected', before: 'NON_COMPLIANT', steps: [], annotation: expect.stringMatching(/nobody knows/) },
    ]);
    expect(world.calls).toEqual([]);
  });

  test('is only told of in mode detect', async () => {
    const world = new World(null);
    world.lastKnown = async () => lost;
    const [result] = await scene({ world, mode: 'detect' }).run(kept);
    expect(result).toMatchObject({ outcome: 'detected', steps: [{ operation: 'MakeBox' }, { operation: 'TurnKey' }] });
    expect(world.box).toBeNull();
  });

  test('fails, and its siblings do not, where AWS Config does not answer', async () => {
    const world = new World(null);
    world.lastKnown = async () => {
      throw named('AccessDenied');
    };
    expect(await scene({ world }).run(kept, lidClosed)).toMatchObject([
      { controlId: 'box-lid-closed', outcome: 'notApplicable', error: null },
      { controlId: 'box-kept', outcome: 'failed', error: expect.stringMatching(/last known of box-1 \(AccessDenied/) },
    ]);
  });

  test('is asked for in AWS Config only by controls that would mend it, and that the ledger cannot tell', async () => {
    const world = new World({ label: { text: 'jewels' } });
    const { run } = scene({ world });
    await run(kept);
    world.box = null;
    world.lastKnown = async () => {
      throw new Error('nobody was to be asked');
    };
    await run(lidClosed);
    expect(await run(kept)).toMatchObject([{ outcome: 'remediated' }]);
    const stranger = new World(null);
    let asked = 0;
    stranger.lastKnown = async () => {
      asked++;
      return null;
    };
    await scene({ world: stranger }).run(lidClosed);
    expect(asked).toBe(0);
  });

  test('is remembered whole where each event concerns only some of its controls', async () => {
    const other: AnyControl = {
      ...kept,
      id: 'box-kept-closed',
      needs: ['lid'],
      lastKnown: ['lid'],
      evaluate: () => compliant('Closed.'),
    };
    const { run, ledger } = scene();
    await run(other);
    await run(kept);
    expect((await ledger.load(KEY)).state.lastKnown).toEqual(GOOD);
  });

  test('is not forgotten where its deletion is called right', async () => {
    const indifferent: AnyControl = {
      ...kept,
      whenDeleted: { evaluate: () => compliant('So be it.'), plan: () => [] },
    };
    const world = new World();
    const { run, ledger } = scene({ world });
    await run(indifferent);
    const { lastKnown } = (await ledger.load(KEY)).state;
    world.box = null;
    expect(await run(indifferent)).toMatchObject([{ outcome: 'compliant' }]);
    expect((await ledger.load(KEY)).state.lastKnown).toEqual(lastKnown);
  });

  test('has failed where its good state cannot be kept', async () => {
    const { run } = scene({ breaks: (_call, method) => method === 'write' });
    expect(await run(kept)).toMatchObject([{ outcome: 'failed', error: expect.stringMatching(/LedgerDown/) }]);
  });
});

describe('findings', () => {
  const drifted = () => scene({ world: new World({ label: { text: '' } }) });
  const findingsOf = async ({ ledger }: ReturnType<typeof scene>) => (await ledger.load(KEY)).state.findings;

  test('are notified once, cost nothing while nothing changes, and are closed when the drift is gone', async () => {
    const made = drifted();
    const { world, run, told } = made;
    await run(labelled);
    const { 'box-labelled': opened } = await findingsOf(made);
    expect(opened).toMatchObject({ severity: 'LOW', outcome: 'detected', annotation: 'There is no label.' });
    expect(opened?.lastSeen).toBe(opened?.firstSeen);
    world.log.length = 0;
    await run(labelled);
    await run(labelled);
    expect(world.log.filter((line) => line.startsWith('ledger write lease'))).toHaveLength(2);
    expect(told).toHaveLength(1);
    expect(await findingsOf(made)).toEqual({ 'box-labelled': opened });

    world.box = GOOD;
    expect(await run(labelled)).toMatchObject([{ outcome: 'compliant' }]);
    expect(await findingsOf(made)).toEqual({});
    expect(told).toHaveLength(1);
  });

  test('in mode detect write nothing while nothing changes', async () => {
    const { world, run } = scene({ world: new World(OPEN), mode: 'detect' });
    await run(lidClosed);
    world.log.length = 0;
    await run(lidClosed);
    expect(world.log).toEqual(['read lid', 'ledger load', 'ledger shared']);
  });

  test('are notified again when the drift comes back', async () => {
    const made = drifted();
    const { world, run, told } = made;
    await run(labelled);
    world.box = GOOD;
    await run(labelled);
    world.box = { ...GOOD, label: { text: '' } };
    await run(labelled);
    expect(told).toHaveLength(2);
    expect(Object.keys(await findingsOf(made))).toEqual(['box-labelled']);
  });

  test('of one fingerprint are the same, whatever the sentence says', async () => {
    let days = 91;
    const aging: AnyControl = { ...labelled, evaluate: () => nonCompliant(`${days} days old`, 'old') };
    const made = scene();
    await made.run(aging);
    days = 92;
    await made.run(aging);
    expect(made.told.map(({ result }) => result.annotation)).toEqual(['91 days old']);
    expect(await findingsOf(made)).toMatchObject({ 'box-labelled': { annotation: '92 days old' } });
  });

  test('are notified again when what is wrong has changed', async () => {
    let what = 'one thing';
    const fickle: AnyControl = { ...labelled, evaluate: () => nonCompliant(what) };
    const { run, told } = scene();
    await run(fickle);
    what = 'another';
    await run(fickle);
    await run(fickle);
    expect(told.map(({ result }) => result.annotation)).toEqual(['one thing', 'another']);
  });

  test('are closed when the resource is gone, and when it is put right', async () => {
    const { world, run, ledger } = drifted();
    await run(labelled);
    world.box = null;
    await run(labelled);
    expect((await ledger.load(KEY)).state.findings).toEqual({});

    const modes: Record<string, Mode> = { 'box-lid-closed': 'detect' };
    const other = scene({ world: new World(OPEN), modes });
    await other.run(lidClosed);
    modes['box-lid-closed'] = 'remediate';
    await other.run(lidClosed);
    expect(await findingsOf(other)).toEqual({});
    expect(other.told.map(({ result }) => result.outcome)).toEqual(['detected', 'remediated']);
  });

  test('that could not be published wait in the outbox, and the next look publishes them', async () => {
    let down = true;
    const told: string[] = [];
    const notifier = {
      async tell({ result }: { result: Result }) {
        if (down) throw named('TopicDown');
        told.push(result.outcome);
      },
      async announce() {},
    };
    const { run, ledger } = scene({ world: new World({ label: { text: '' } }), notifier });
    expect(await run(labelled)).toMatchObject([
      {
        outcome: 'failed',
        before: 'NON_COMPLIANT',
        annotation: 'There is no label.',
        error: 'detected, but not notified: TopicDown: TopicDown happened',
      },
    ]);
    expect((await ledger.load(KEY)).state.outbox).toHaveLength(1);
    down = false;
    await run(labelled);
    await run(labelled);
    expect(told).toEqual(['detected']);
    expect((await ledger.load(KEY)).state.outbox).toEqual([]);
  });
});

test('a remediation that nobody could be told of is on record as remediated, and asks for a retry', async () => {
  const notifier = {
    async tell() {
      throw named('TopicDown');
    },
    async announce() {},
  };
  const { world, run, kept } = scene({ world: new World(OPEN), notifier });
  const [result] = await run(lidClosed);
  expect(result).toMatchObject({
    outcome: 'failed',
    before: 'NON_COMPLIANT',
    after: 'COMPLIANT',
    error: expect.stringMatching(/remediated, but not notified: TopicDown/),
  });
  expect(kept()).toMatchObject([{ id: result?.remediationId, status: 'remediated', afterCompliance: 'COMPLIANT' }]);
  expect(world.box).toEqual(GOOD);
});

describe('a ledger that does not answer', () => {
  const drift = () => new World({ ...OPEN, lock: { on: false }, label: { text: '' } });
  const controls = [lidClosed, locked, labelled, kept];

  /** A world in which a finding is open already, so that closing it is among the calls. */
  async function prepared(breaks: Breaks) {
    const world = drift();
    let armed = false;
    let first = 0;
    const modes: Record<string, Mode> = Object.fromEntries(controls.map(({ id }) => [id, 'detect']));
    const made = scene({ world, modes, breaks: (call, method) => armed && breaks(call - first, method) });
    await made.run(...controls);
    for (const { id } of controls) modes[id] = 'remediate';
    first = made.calls();
    armed = true;
    world.log.length = 0;
    return { ...made, callsOfRun: () => made.calls() - first, disarm: () => (armed = false) };
  }

  /** Every account write stands behind a saved record that intends it. */
  function expectNoUnrecordedWrite({ log }: World) {
    let recorded = false;
    for (const line of log) {
      if (line.startsWith('ledger write applying') || line.startsWith('ledger write broke'))
        recorded = !line.endsWith('broke');
      if (line.startsWith('call')) expect({ line, recorded }).toEqual({ line, recorded: true });
    }
  }

  test('is no reason for a write without a record: whichever call breaks', async () => {
    const whole = await prepared(() => false);
    await whole.run(...controls);
    const calls = whole.callsOfRun();
    expect(calls).toBeGreaterThan(5);
    expect(whole.world.log.filter((line) => line.startsWith('call'))).toHaveLength(2);

    for (let k = 0; k < calls; k++) {
      const broken: readonly Breaks[] = [
        (call) => call === k,
        (call) => call >= k,
        (call) => call === k && 'answer',
        (call) => call >= k && 'answer',
      ];
      for (const breaks of broken) {
        const { world, run, history, disarm, later, ledger, told } = await prepared(breaks);
        const results = await run(...controls);
        expect(world.log.some((line) => /broke$|answer lost$/.test(line))).toBe(true);
        expect(results).toHaveLength(controls.length);
        // All may have been done and published by then: only the outbox could not be cleared.
        const isDone = world.box?.lock.on === true && told.some(({ result }) => result.outcome === 'remediated');
        expect(isDone || results.some(({ outcome }) => outcome === 'failed')).toBe(true);
        expectNoUnrecordedWrite(world);
        for (const { operation } of world.calls)
          expect(history.some(({ steps }) => steps.some((made) => made.operation === operation))).toBe(true);

        disarm();
        // Where not even the lease could be let go of, it has to end first.
        later(LEASE_MS);
        await run(...controls);
        later(LEASE_MS);
        await run(...controls);
        expect((await ledger.load(KEY)).state).toMatchObject({ open: [], outbox: [] });
        expect(world.calls.map(({ operation }) => operation)).toEqual(['CloseLid', 'TurnKey']);
        expect(world.box).toEqual({ ...drift().box, lid: { open: false }, lock: { on: true } });
      }
    }
  });

  test('at the first question ends everything', async () => {
    const { world, run, told } = scene({ world: new World(OPEN), breaks: (call) => call === 0 });
    expect(await run(lidClosed, labelled)).toMatchObject([
      { outcome: 'failed', error: 'LedgerDown: LedgerDown happened', mode: 'remediate' },
      { outcome: 'failed' },
    ]);
    expect(world.log).toEqual([
      'ledger load broke',
      'read lid',
      'read label',
      'announced Evenkeel cannot work: its ledger does not answer',
    ]);
    expect(told).toEqual([]);
  });

  test('between two steps ends the plan: the result names the record, which intends what was made', async () => {
    const breaks: Breaks = (_call, method) => method === 'write' && saves++ >= 2;
    let saves = 0;
    const { world, run, kept } = scene({ world: new World({ ...OPEN, lock: { on: false } }), breaks });
    const [result] = await run(locked);
    expect(writes(world)).toEqual(['CloseLid']);
    expect(result).toMatchObject({ outcome: 'failed', error: 'LedgerDown: LedgerDown happened' });
    expect(kept()).toMatchObject([
      { id: result?.remediationId, status: 'applying', steps: [{ status: 'intended' }, { status: 'intended' }] },
    ]);
  });

  test('once, between two steps: the record tells the made from the not made', async () => {
    const breaks: Breaks = (_call, method) => method === 'write' && saves++ === 2;
    let saves = 0;
    const { world, run, kept } = scene({ world: new World({ ...OPEN, lock: { on: false } }), breaks });
    await run(locked);
    expect(writes(world)).toEqual(['CloseLid']);
    expect(kept()).toMatchObject([
      {
        status: 'failed',
        error: 'LedgerDown: LedgerDown happened',
        steps: [{ status: 'made', undo: [{ operation: 'OpenLid' }] }, { status: 'intended' }],
      },
    ]);
  });
});

test('an annotation keeps to AWS Config’s limit', async () => {
  const wordy: AnyControl = defineControl({
    ...labelled,
    resource: box,
    needs: ['label'] as const,
    evaluate: () => nonCompliant('x'.repeat(1000)),
  });
  const [result] = await scene().run(wordy);
  expect(result?.annotation).toHaveLength(256);
});
