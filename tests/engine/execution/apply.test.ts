import { describe, expect, test } from '@jest/globals';
import { step } from '../../../shared/control.ts';
import { intended, make } from '../../../shared/engine/execution/apply.ts';
import { testEngine } from '../../support/engine.ts';
import {
  BoxClient,
  CloseLidCommand,
  closeLid,
  named,
  OpenLidCommand,
  REF,
  World,
} from '../../support/fake-resource.ts';

const open = new World({ lid: { open: true } });
/** Known before the call is made, so that a run that is cut off leaves what takes it back. */
const UNDO = [{ service: 'box', operation: 'OpenLid', input: {} }];
const engineIn = (world: World) => testEngine((region) => world.aws(region));

test('a step that is intended says so, and nothing else', () => {
  expect(intended(closeLid())).toEqual({
    service: 'box',
    operation: 'CloseLid',
    input: { force: true },
    undo: UNDO,
    status: 'intended',
    requestId: null,
    error: null,
  });
  expect(intended({ ...closeLid(), region: 'us-east-1' })).toMatchObject({ region: 'us-east-1' });
});

describe('make', () => {
  test('makes the call in the resource’s region and keeps its request id and its undo', async () => {
    const world = new World({ lid: { open: true } });
    expect(await make(closeLid(), REF, engineIn(world))).toEqual({
      ...intended(closeLid()),
      status: 'made',
      undo: [{ service: 'box', operation: 'OpenLid', input: {} }],
      requestId: 'request-1',
    });
    expect(world.calls).toEqual([{ operation: 'CloseLid', input: { force: true }, region: 'eu-west-1' }]);
  });

  test('goes where the step says', async () => {
    const world = new World();
    await make({ ...closeLid(), region: 'us-east-1' }, REF, engineIn(world));
    expect(world.calls).toMatchObject([{ region: 'us-east-1' }]);
  });

  test('builds the undo from what the service answered', async () => {
    const made = step(
      BoxClient,
      CloseLidCommand,
      {},
      {
        undo: ({ was }: { was: string }) => [step(BoxClient, OpenLidCommand, { was })],
      },
    );
    expect(await make(made, REF, engineIn(open))).toMatchObject({
      undo: [{ operation: 'OpenLid', input: { was: 'something' } }],
    });
  });

  test('knows no undo of a step that has none, and an empty one where there is nothing to take back', async () => {
    expect(await make(step(BoxClient, CloseLidCommand, {}), REF, engineIn(open))).toMatchObject({
      status: 'made',
      undo: null,
    });
    const nothing = step(BoxClient, CloseLidCommand, {}, { undo: () => [] });
    expect(await make(nothing, REF, engineIn(open))).toMatchObject({ status: 'made', undo: [] });
  });

  test('says that it is made where only the undo cannot be told', async () => {
    const undo = () => {
      throw named('LidIsClosed');
    };
    expect(await make({ ...closeLid(), undo }, REF, engineIn(open))).toMatchObject({
      status: 'made',
      undo: null,
      requestId: expect.any(String),
      error: expect.stringMatching(/LidIsClosed/),
    });
  });

  test.each<[string, Error, object]>([
    ['is content where it is so already', named('LidIsClosed'), { status: 'alreadySo', undo: [], error: null }],
    [
      'says why it is refused',
      named('AccessDenied', 'no'),
      { status: 'failed', undo: UNDO, error: 'AccessDenied: no' },
    ],
    ['compares names, not messages', new Error('LidIsClosed'), { status: 'failed', error: 'LidIsClosed' }],
  ])('%s', async (_name, error, expected) => {
    const world = new World();
    world.errors.set('CloseLid', error);
    expect(await make(closeLid(), REF, engineIn(world))).toMatchObject({ ...expected, requestId: null });
  });

  test('does not throw where there is no client', async () => {
    const engine = testEngine(() => () => {
      throw new Error('no region');
    });
    expect(await make(closeLid(), REF, engine)).toMatchObject({ status: 'failed', error: 'no region' });
  });
});
