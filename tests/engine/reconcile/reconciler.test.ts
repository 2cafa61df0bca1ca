import { describe, expect, test } from '@jest/globals';
import { type AnyControl, defineControl, type Mode, nonCompliant, notApplicable } from '../../../shared/control.ts';
import {
  box,
  CAUSE,
  closeLid,
  GOOD,
  labelled,
  lidClosed,
  locked,
  named,
  REF,
  World,
  withSeverity,
} from '../../support/fake-resource.ts';
import { OPEN, scene, writes } from '../../support/reconcile-scene.ts';

describe('what is never written to', () => {
  test('a resource that is compliant: one ledger read, and no more', async () => {
    const { world, run, notified } = scene();
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
    expect(notified).toEqual([]);
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
    const { world, run, notified } = scene({ world: new World(OPEN), mode, ceiling });
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
    expect(notified).toHaveLength(1);
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
    const { world, run, notified } = scene({ world: new World({ label: { text: '' } }), mode });
    expect(await run(labelled)).toMatchObject([
      { outcome: 'detected', after: 'NON_COMPLIANT', steps: [], error: null },
    ]);
    expect(world.calls).toEqual([]);
    expect(notified).toHaveLength(1);
  });
});

describe('a remediation', () => {
  test('saves its record, acts, verifies, saves, and tells', async () => {
    const { world, run, notified } = scene({ world: new World(OPEN) });
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
    expect(notified).toMatchObject([
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
    const { world, run, notified } = scene({ world: new World(OPEN) });
    await run(lidClosed);
    expect(await run(lidClosed)).toMatchObject([{ outcome: 'compliant', steps: [] }]);
    expect(writes(world)).toEqual(['CloseLid']);
    expect(notified).toHaveLength(1);
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
    const { world, run, notified } = scene({ world: new World(OPEN) });
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
    expect(notified).toHaveLength(1);
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
