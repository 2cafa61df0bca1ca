import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Attempt, Send } from '../../../shared/engine/execution/apply.ts';
import { execute, hasChanged, resolvedSteps } from '../../../shared/engine/execution/journal.ts';
import type { Draft } from '../../../shared/engine/run/draft.ts';
import { LEASE_MS } from '../../../shared/ledger/lease.ts';
import type { RecordedStep, Remediation } from '../../../shared/ledger/records.ts';
import { type BoxScene, boxScene } from '../../support/box-run.ts';
import { lidClosed, REF } from '../../support/fake-resource.ts';
import { remediationOf } from '../../support/ledger-fixtures.ts';

const stepOf = (operation: string, rest: Partial<RecordedStep> = {}): RecordedStep => ({
  service: 'box',
  operation,
  input: {},
  elements: [operation],
  undo: [],
  status: 'intended',
  requestId: null,
  error: null,
  ...rest,
});
const RECORD = remediationOf('rem-1', {
  service: 'box',
  ref: REF,
  status: 'applying',
  steps: [stepOf('A'), stepOf('B'), stepOf('C')],
});

let scene: BoxScene;
let draft: Draft;
let sent: string[];
beforeEach(async () => {
  scene = boxScene();
  draft = (await scene.run([lidClosed])).draft;
  draft.save(RECORD);
  await draft.write();
  sent = [];
});
/** Answers each call with what is said of it; else it is made. */
const answering =
  (answers: Readonly<Record<string, Partial<RecordedStep> & Partial<Pick<Attempt, 'refusal'>>>> = {}): Send =>
  async (index) => {
    const step = RECORD.steps[index] as RecordedStep;
    sent.push(step.operation);
    const { refusal = null, ...rest } = answers[step.operation] ?? {};
    return { step: { ...step, status: 'made', ...rest }, refusal };
  };
const run = (send: Send) => execute(RECORD, send, draft, scene.engine);
const kept = async () => (await scene.engine.ledger.remediation('rem-1'))?.steps.map(({ status }) => status);
const statuses = ({ steps }: Remediation) => steps.map(({ status }) => status);

describe('the calls of a record', () => {
  test('are made one by one, each outcome written before the next call', async () => {
    const seen: unknown[] = [];
    const send: Send = async (index) => {
      seen.push(await kept());
      return answering()(index, false);
    };
    const { record, error, refusal } = await run(send);
    expect(seen).toEqual([
      ['intended', 'intended', 'intended'],
      ['made', 'intended', 'intended'],
      ['made', 'made', 'intended'],
    ]);
    expect({ sent, error, refusal }).toEqual({ sent: ['A', 'B', 'C'], error: null, refusal: null });
    expect(statuses(record)).toEqual(['made', 'made', 'made']);
    expect(record.times.applied).toBe(new Date(scene.now()).toISOString());
    // The last one is written with how it ended.
    expect(await kept()).toEqual(['made', 'made', 'intended']);
  });

  test.each<[string, Partial<RecordedStep>, string]>([
    ['is refused', { status: 'failed', error: 'AccessDenied: no' }, 'box:B failed: AccessDenied: no'],
    ['was not answered', { status: 'unknown', error: 'ECONNRESET' }, 'box:B was not answered: ECONNRESET'],
  ])('end with one that %s: nothing further is called', async (_what, answer, message) => {
    const { record, error } = await run(answering({ B: answer }));
    expect(sent).toEqual(['A', 'B']);
    expect(error).toMatchObject({ name: 'StepFailedError', message });
    expect(statuses(record)).toEqual(['made', answer.status, 'intended']);
    expect(record.times.applied).toBeNull();
  });

  test('say who refused for good', async () => {
    const refusal = { by: 'an SCP', remedy: 'ask' };
    expect(await run(answering({ A: { status: 'failed', error: 'no', refusal } }))).toMatchObject({ refusal });
  });

  test.each<[string, Partial<RecordedStep>]>([
    ['is so already', { status: 'alreadySo' }],
    ['is made, though its undo is not known', { status: 'made', undo: null, error: 'its undo is not known' }],
    ['may have been made by an earlier try of ours', { status: 'unknown', error: null }],
  ])('go on after one that %s', async (_what, answer) => {
    const { error } = await run(answering({ A: answer }));
    expect({ sent, error }).toEqual({ sent: ['A', 'B', 'C'], error: null });
  });

  test('have each the half of a lease before them: one that took too long is the last', async () => {
    const slow: Send = async (index) => {
      scene.later(LEASE_MS + 1);
      return answering()(index, false);
    };
    // The write after the first call extends what nobody has taken.
    await run(slow);
    expect(sent).toEqual(['A', 'B', 'C']);
    scene.later(LEASE_MS / 2 + 1);
    sent = [];
    await expect(run(answering())).rejects.toMatchObject({ name: 'LeaseLostError' });
    expect(sent).toEqual([]);
  });

  test('end where the ledger does not answer between two of them', async () => {
    const { ledger } = scene.engine;
    ledger.update = () => Promise.reject(new Error('down'));
    await expect(run(answering())).rejects.toThrow('down');
    expect(sent).toEqual(['A']);
    expect(draft.pending('rem-1')?.steps[0]).toMatchObject({ status: 'made' });
  });
});

describe('steps that nobody answered for', () => {
  const unanswered = remediationOf('rem-1', {
    steps: [
      stepOf('A', { status: 'unknown', error: 'ECONNRESET' }),
      stepOf('B', { status: 'failed', error: 'no' }),
      stepOf('C'),
    ],
  });

  test('were made where the state is as it was meant to be', () => {
    expect(resolvedSteps(unanswered, true).steps).toEqual([
      { ...unanswered.steps[0], status: 'made', error: null },
      unanswered.steps[1],
      unanswered.steps[2],
    ]);
    expect(resolvedSteps(unanswered, false).steps).toEqual(unanswered.steps);
  });

  test('may have changed something', () => {
    const changed = (...all: readonly RecordedStep['status'][]) =>
      hasChanged({ steps: all.map((status) => stepOf('A', { status })) });
    expect([changed('made'), changed('failed', 'unknown')]).toEqual([true, true]);
    expect([changed(), changed('intended', 'failed', 'alreadySo')]).toEqual([false, false]);
  });
});
