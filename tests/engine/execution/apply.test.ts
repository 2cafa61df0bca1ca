import { describe, expect, test } from '@jest/globals';
import { attemptAfterError, sendSteps } from '../../../shared/engine/execution/apply.ts';
import { intendedStep } from '../../../shared/engine/run/recorded-step.ts';
import type { Aws } from '../../../shared/resource.ts';
import { type Step, step } from '../../../shared/step.ts';
import { testEngine } from '../../support/engine.ts';
import {
  BoxClient,
  CloseLidCommand,
  closeLid,
  named,
  OpenLidCommand,
  REF,
  refusedWith,
  World,
} from '../../support/fake-resource.ts';

const open = new World({ lid: { open: true } });
/** Known before the call is made, so that a run that is cut off leaves what undoes it. */
const UNDO = [{ service: 'box', operation: 'OpenLid', input: {} }];
const engineIn = (world: World) => testEngine((region) => world.aws(region));
const send = (one: Step, world: World) => sendSteps([one], REF, engineIn(world))(0, false);
/** An error of an SDK client, with what it says of its tries. */
const answered = (name: string, metadata: object) => Object.assign(named(name), { $metadata: metadata });

describe('sendSteps', () => {
  test('makes the call in the resource’s region and keeps its request id and its undo', async () => {
    const world = new World({ lid: { open: true } });
    expect(await send(closeLid(), world)).toEqual({
      step: { ...intendedStep(closeLid()), status: 'made', undo: UNDO, requestId: 'request-1' },
      refusal: null,
    });
    expect(world.calls).toEqual([{ operation: 'CloseLid', input: { force: true }, region: 'eu-west-1' }]);
  });

  test('makes the step that it is asked for', async () => {
    const world = new World();
    const plan = [closeLid(), step(BoxClient, OpenLidCommand, {})];
    await sendSteps(plan, REF, engineIn(world))(1, false);
    expect(world.calls).toMatchObject([{ operation: 'OpenLid' }]);
  });

  test('goes where the step says', async () => {
    const world = new World();
    await send({ ...closeLid(), region: 'us-east-1' }, world);
    expect(world.calls).toMatchObject([{ region: 'us-east-1' }]);
  });

  test('builds the undo from what the service answered', async () => {
    const made = step(
      BoxClient,
      CloseLidCommand,
      {},
      { undo: ({ was }: { was: string }) => [step(BoxClient, OpenLidCommand, { was })] },
    );
    expect(await send(made, open)).toMatchObject({
      step: { undo: [{ operation: 'OpenLid', input: { was: 'something' } }] },
    });
  });

  test('knows no undo of a step that has none, and an empty one where there is nothing to undo', async () => {
    expect(await send(step(BoxClient, CloseLidCommand, {}), open)).toMatchObject({
      step: { status: 'made', undo: null, error: null },
    });
    const nothing = step(BoxClient, CloseLidCommand, {}, { undo: () => [] });
    expect(await send(nothing, open)).toMatchObject({ step: { status: 'made', undo: [] } });
  });

  test('says that it is made where only the undo cannot be told', async () => {
    const undo = () => {
      throw named('LidIsClosed');
    };
    expect(await send({ ...closeLid(), undo }, open)).toMatchObject({
      step: {
        status: 'made',
        undo: null,
        requestId: expect.any(String),
        error: expect.stringMatching(/its undo is not known: LidIsClosed/),
      },
      refusal: null,
    });
  });

  test.each<[string, Error, object]>([
    ['is content where it is so already', named('LidIsClosed'), { status: 'alreadySo', undo: [], error: null }],
    ['says why it is refused', refusedWith('AccessDenied', 'no'), { status: 'failed', error: 'AccessDenied: no' }],
    ['compares names, not messages', new Error('LidIsClosed'), { status: 'unknown', error: 'LidIsClosed' }],
  ])('%s', async (_name, error, expected) => {
    const world = new World();
    world.errors.set('CloseLid', error);
    expect(await send(closeLid(), world)).toMatchObject({ step: { ...expected, requestId: null }, refusal: null });
  });

  test('does not throw where there is no client', async () => {
    const engine = testEngine(() => () => {
      throw new Error('no region');
    });
    expect(await sendSteps([closeLid()], REF, engine)(0, false)).toMatchObject({ step: { error: 'no region' } });
  });
});

describe('what an error says of a call', () => {
  const recorded = intendedStep(closeLid());
  const SATISFIED = ['LidIsClosed'];

  test.each<[string, Error, object]>([
    ['refused, where the service says no', answered('AccessDenied', { httpStatusCode: 403 }), { status: 'failed' }],
    ['refused, from 400 on', answered('ValidationError', { httpStatusCode: 400 }), { status: 'failed' }],
    ['refused, up to 499', answered('Conflict', { httpStatusCode: 499, attempts: 1 }), { status: 'failed' }],
    [
      'nobody knows, where the service has failed',
      answered('InternalError', { httpStatusCode: 500 }),
      { status: 'unknown' },
    ],
    [
      'nobody knows, of an answer of 3xx or 2xx that was cut off',
      answered('Odd', { httpStatusCode: 200 }),
      { status: 'unknown' },
    ],
    ['nobody knows, where there was no answer', answered('TimeoutError', { attempts: 1 }), { status: 'unknown' }],
    ['nobody knows, where the connection was reset', named('ECONNRESET'), { status: 'unknown' }],
    [
      'nobody knows, where an earlier try was made before the no',
      answered('AccessDenied', { httpStatusCode: 403, attempts: 2 }),
      { status: 'unknown' },
    ],
  ])('%s; its undo is kept', (_what, error, expected) => {
    const { step: after, refusal } = attemptAfterError(recorded, error, SATISFIED);
    expect(after).toEqual({ ...recorded, ...expected, error: expect.stringContaining(error.name) });
    expect(after.undo).toEqual(UNDO);
    expect(refusal).toBeNull();
  });

  test('that it is so already: another actor was faster, and there is nothing to undo', () => {
    const error = answered('LidIsClosed', { httpStatusCode: 400, attempts: 1 });
    expect(attemptAfterError(recorded, error, SATISFIED)).toEqual({
      step: { ...recorded, status: 'alreadySo', undo: [], error: null },
      refusal: null,
    });
    expect(attemptAfterError(recorded, error)).toMatchObject({ step: { status: 'failed' } });
  });

  test('that it is so already after a retry: an earlier try of ours may have made it so', () => {
    const error = answered('LidIsClosed', { httpStatusCode: 400, attempts: 3 });
    expect(attemptAfterError(recorded, error, SATISFIED)).toEqual({
      step: { ...recorded, status: 'unknown' },
      refusal: null,
    });
  });

  test('that it is refused for good: it was not made, after however many tries', () => {
    const message = 'not authorized, with an explicit deny in a service control policy';
    const error = Object.assign(named('AccessDenied', message), { $metadata: { httpStatusCode: 403, attempts: 2 } });
    expect(attemptAfterError(recorded, error)).toMatchObject({
      step: { status: 'failed', error: `AccessDenied: ${message}` },
      refusal: { by: 'a service control policy of the organization', remedy: expect.any(String) },
    });
  });

  test('may be anything that is thrown', () => {
    expect(attemptAfterError(recorded, 'oops')).toMatchObject({
      step: { status: 'unknown', error: 'oops' },
      refusal: null,
    });
  });
});

test.each([
  ['LidIsClosed', { status: 'alreadySo', error: null, undo: [] }],
  ['LidIsStuck', { status: 'failed', error: 'LidIsStuck: It is stuck.' }],
])('a step whose answer lists it as unsuccessful with %s is none that was made', async (Code, expected) => {
  const Unsuccessful = [{ ResourceId: 'box-1', Error: { Code, Message: 'It is stuck.' } }];
  const aws = (() => ({ send: async () => ({ Unsuccessful }) })) as unknown as Aws;
  const { step } = await sendSteps(
    [closeLid()],
    REF,
    testEngine(() => aws),
  )(0, false);
  expect(step).toMatchObject(expected);
});
