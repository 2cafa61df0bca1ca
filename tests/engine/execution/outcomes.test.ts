import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Evaluation, nonCompliant } from '../../../shared/control.ts';
import {
  attemptContext,
  breakerLimits,
  finishFailed,
  finishOpen,
  finishRemediated,
} from '../../../shared/engine/execution/outcomes.ts';
import type { Evaluated } from '../../../shared/engine/run/observation.ts';
import { newRecord } from '../../../shared/engine/run/record.ts';
import type { Run } from '../../../shared/engine/run/run.ts';
import { ACCOUNT, COOL_DOWN_MS } from '../../../shared/ledger/breaker.ts';
import { type Flap, NO_FLAP } from '../../../shared/ledger/flap.ts';
import type { RecordedStep, Remediation } from '../../../shared/ledger/records.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { DAY_MS, HOUR_MS } from '../../../shared/time.ts';
import { type BoxScene, boxScene, KEY } from '../../support/box-run.ts';
import { closeLid, GOOD, lidClosed, withSeverity } from '../../support/fake-resource.ts';
import { change } from '../../support/ledger-fixtures.ts';

let scene: BoxScene;
let run: Run;
let wrong: Evaluated;
let record: Remediation;
beforeEach(async () => {
  scene = boxScene();
  run = await scene.run([lidClosed]);
  wrong = run.evaluate(lidClosed);
  record = { ...newRecord(run, lidClosed, wrong, [closeLid()], { status: 'applying', mode: 'remediate' }) };
  record = withSteps({ status: 'made' });
});
const withSteps = (...steps: readonly Partial<RecordedStep>[]): Remediation => ({
  ...record,
  steps: steps.map((step) => ({ ...(record.steps[0] as RecordedStep), ...step })),
});
const isoAt = (milliseconds: number) => new Date(milliseconds).toISOString();
const read = (evaluation: Partial<Evaluation>): Evaluated => ({
  ...wrong,
  evaluation: { ...wrong.evaluation, ...evaluation },
});
const fixed = () => ({ ...read({ complianceType: 'COMPLIANT' }), state: { lid: GOOD.lid, ref: run.subject.ref } });
const saved = () => run.draft.pending(record.id);
const finding = () => run.draft.state.findings[lidClosed.id];
const notices = () => run.draft.state.outbox.map(({ notice }) => notice.result.outcome);

describe('what is remediated', () => {
  test('ends its record with how the resource reads, closes its finding and is notified', () => {
    finishFailed(run, lidClosed, record, wrong, { error: 'before' });
    const progress = finishRemediated(run, lidClosed, withSteps({ status: 'unknown', error: 'lost' }), fixed());
    expect(progress).toMatchObject({
      outcome: 'remediated',
      before: 'NON_COMPLIANT',
      after: 'COMPLIANT',
      remediationId: record.id,
    });
    expect(saved()).toMatchObject({
      status: 'remediated',
      after: { lid: GOOD.lid },
      afterCompliance: 'COMPLIANT',
      steps: [{ status: 'made', error: null }],
      times: { applied: isoAt(scene.now()), verified: isoAt(scene.now()) },
    });
    expect(finding()).toBeUndefined();
    expect(notices()).toEqual(['failed', 'remediated']);
  });

  test('is notified with when, what was changed, and how the resource is now', () => {
    finishRemediated(run, lidClosed, record, {
      ...fixed(),
      evaluation: { ...read({ complianceType: 'COMPLIANT' }).evaluation, annotation: 'The lid is closed.' },
    });
    expect(run.draft.state.outbox.map(({ notice }) => notice)).toMatchObject([
      { verified: isoAt(scene.now()), after: 'The lid is closed.', changes: ['open: true → false'] },
    ]);
  });

  test('is counted for each element that it changed, once, and by which control', () => {
    const elements = ['lid', 'hinge'];
    finishRemediated(
      run,
      lidClosed,
      withSteps(
        { status: 'made', elements },
        { status: 'made', elements },
        { status: 'alreadySo', elements: ['lock'] },
      ),
      fixed(),
    );
    const flap: Flap = { ...NO_FLAP, times: [scene.now()], controlId: lidClosed.id };
    expect(run.draft.state.flaps).toEqual({ lid: flap, hinge: flap });
  });

  test('is counted and queued once where the answer to the write was lost', async () => {
    finishRemediated(run, lidClosed, record, fixed());
    // As the write of this run has left it.
    run.draft.adopt({ ...run.draft.session, state: run.draft.state });
    expect(run.draft.state.flaps.lid?.times).toHaveLength(1);
    expect(notices()).toEqual(['remediated']);
  });

  test('by another actor’s hand is not counted', () => {
    finishRemediated(run, lidClosed, withSteps({ status: 'alreadySo' }), fixed());
    expect(run.draft.state.flaps).toEqual({});
  });

  test('forgets flaps that are long over', async () => {
    await change(scene.engine.ledger, KEY, { flaps: { old: { ...NO_FLAP, times: [scene.now() - DAY_MS] } } });
    run = await scene.run([lidClosed]);
    finishRemediated(run, lidClosed, record, fixed());
    expect(Object.keys(run.draft.state.flaps)).toEqual(['lid']);
  });

  test('but for what only a person can do leaves that as a finding, which is notified, too', () => {
    const left = read(nonCompliant('The hinge is broken.'));
    expect(finishRemediated(run, lidClosed, record, left)).toMatchObject({
      outcome: 'detected',
      annotation: 'The hinge is broken.',
    });
    expect(saved()).toMatchObject({ status: 'remediated', afterCompliance: 'NON_COMPLIANT' });
    expect(finding()).toMatchObject({ outcome: 'detected', annotation: 'The hinge is broken.' });
    expect(notices()).toEqual(['remediated', 'detected']);
  });

  test.each([
    [true, ['remediated']],
    [false, ['remediated', 'halted']],
  ])('but for what a gate held back says why; quietly: %s', (quiet, expected) => {
    const heldBack = { outcome: 'halted', reason: 'It came back.', quiet } as const;
    finishRemediated(run, lidClosed, record, read(nonCompliant('The rest.')), 'words', heldBack);
    expect(finding()).toMatchObject({ outcome: 'halted', annotation: 'It came back. The rest.' });
    expect(notices()).toEqual(expected);
  });
});

describe('what failed', () => {
  test('ends its record, and is notified once, however its error reads', () => {
    expect(finishFailed(run, lidClosed, record, wrong, { error: 'no' })).toMatchObject({
      outcome: 'failed',
      error: 'no',
      after: null,
    });
    finishFailed(run, lidClosed, record, wrong, { error: 'no: request 2' });
    expect(saved()).toMatchObject({ status: 'failed', error: 'no: request 2', after: { lid: { open: true } } });
    expect(finding()).toMatchObject({ outcome: 'failed', retryAt: null, blocked: null });
    expect(notices()).toEqual(['failed']);
  });

  test('of what could not be read afterwards keeps no state', () => {
    finishFailed(run, lidClosed, record, null, { error: 'no' });
    expect(saved()).toMatchObject({ after: null });
  });

  test.each<RecordedStep['status']>(['failed', 'unknown', 'made'])(
    'is counted for no element: a call that was %s brought no drift back',
    (status) => {
      finishFailed(run, lidClosed, withSteps({ status }), wrong, { error: 'no' });
      expect(run.draft.state.flaps).toEqual({});
    },
  );

  const refusal = { by: 'an SCP', remedy: 'ask its owner' };
  test.each([
    ['CRITICAL', HOUR_MS],
    ['HIGH', DAY_MS],
  ] as const)('for good is blocked: who refuses, what to do, and of %s when it is tried again', (severity, after) => {
    const control = withSeverity(lidClosed, lidClosed.id, severity);
    expect(finishFailed(run, control, record, wrong, { error: 'no', denial: { refusal, denied: null } })).toMatchObject(
      {
        outcome: 'blocked',
        after: 'NON_COMPLIANT',
        annotation: 'Refused by an SCP: ask its owner. The lid is open.',
      },
    );
    expect(saved()).toMatchObject({ status: 'blocked' });
    expect(finding()).toMatchObject({
      outcome: 'blocked',
      retryAt: isoAt(scene.now() + after),
      blocked: { by: 'Refused by an SCP: ask its owner.', recordId: record.id, ...attemptContext(run, wrong) },
    });
    expect(notices()).toEqual(['blocked']);
  });

  test('for its deadline is tried later, in a record of its own', () => {
    finishFailed(run, lidClosed, record, wrong, { error: 'late', isOverdue: true });
    expect(finding()).toMatchObject({
      outcome: 'failed',
      retryAt: isoAt(scene.now() + HOUR_MS),
      blocked: { recordId: null },
    });
  });
});

describe('a call that may have been made', () => {
  test('leaves its record open, and the finding says that it has failed', () => {
    const denied = { since: isoAt(scene.now()), version: 'test' };
    const open = withSteps({ status: 'made' }, { status: 'unknown' });
    const failure = { error: 'ECONNRESET', denial: { refusal: null, denied } };
    expect(finishOpen(run, lidClosed, open, failure)).toMatchObject({
      outcome: 'failed',
      after: null,
      error: 'ECONNRESET',
      remediationId: record.id,
    });
    expect(saved()).toMatchObject({ status: 'applying', error: 'ECONNRESET', after: null, steps: open.steps });
    expect(finding()).toMatchObject({ outcome: 'failed', annotation: 'ECONNRESET', denied, unanswered: record.id });
    expect(notices()).toEqual(['failed']);
  });
});

describe('the places of the breakers', () => {
  const placesOf = async (scope = lidClosed.id) => (await scene.engine.ledger.breakers.all()).get(scope);
  const begun = async () =>
    (
      await run.draft.begin(
        record,
        breakerLimits(run, lidClosed),
        (state) => state,
        () => null,
      )
    ).taken;

  test('are a control’s and the account’s', () => {
    Object.assign(scene.engine, {
      policy: policyFrom({ limits: { remediationsPerHour: { control: 5, account: 50 } } }),
    });
    expect(breakerLimits(run, lidClosed)).toEqual([
      { scope: lidClosed.id, limit: 5 },
      { scope: ACCOUNT, limit: 50 },
    ]);
  });

  test.each<[string, RecordedStep['status'], number]>([
    ['are given back where nothing was changed', 'failed', 0],
    ['stay taken where something was', 'made', 1],
    ['stay taken where something may have been', 'unknown', 1],
  ])('%s', async (_what, status, left) => {
    const taken = await begun();
    finishFailed(run, lidClosed, withSteps({ status }), wrong, { error: 'no', taken });
    await run.draft.write();
    expect((await placesOf())?.times).toHaveLength(left);
  });

  test.each<[string, (taken: Awaited<ReturnType<typeof begun>>) => unknown, boolean]>([
    ['close after a probe that succeeded', () => finishRemediated(run, lidClosed, record, fixed()), true],
    [
      'stay open after one that failed',
      (taken) => finishFailed(run, lidClosed, record, wrong, { error: 'no', taken }),
      false,
    ],
  ])('%s', async (_what, finish, closes) => {
    const { ledger } = scene.engine;
    const open = { openedAt: scene.now() - COOL_DOWN_MS, probeUntil: null };
    await ledger.update(await ledger.load(KEY), () => ({
      breakers: [lidClosed.id, ACCOUNT].map((scope) => ({ scope, shard: null, read: 0, value: open })),
      answer: undefined,
    }));
    run.draft.adopt(await ledger.loadShared(run.draft.session));
    const taken = await begun();
    expect(await placesOf()).toMatchObject({ probeUntil: scene.now() + COOL_DOWN_MS });
    scene.later(1);
    finish(taken);
    await run.draft.write();
    for (const scope of [lidClosed.id, ACCOUNT])
      expect(await placesOf(scope)).toMatchObject({ openedAt: closes ? null : scene.now(), probeUntil: null });
  });
});

test('the circumstances of a try are what is read, the code and the policy, without what is volatile', async () => {
  const volatile = { ...run.subject.resource, volatile: ['at'] };
  const here = await scene.run([lidClosed], { resource: volatile });
  const of = (state: object) => attemptContext(here, { ...wrong, state: { ref: run.subject.ref, ...state } });
  expect(of({ lid: 1, at: 1 })).toEqual(of({ lid: 1, at: 2 }));
  expect(of({ lid: 1 }).facets).not.toBe(of({ lid: 2 }).facets);
  const { version } = of({});
  Object.assign(scene.engine, { codeVersion: 'next' });
  expect(of({}).version).not.toBe(version);
});
