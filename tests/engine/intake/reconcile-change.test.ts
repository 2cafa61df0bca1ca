import { describe, expect, test } from '@jest/globals';
import type { AnyControl, Mode } from '../../../shared/control.ts';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import type { Result } from '../../../shared/result.ts';
import { testEngine } from '../../support/engine.ts';
import { labelled, lidClosed, locked, named, refusedWith, World } from '../../support/fake-resource.ts';

const FALLBACK = { accountId: '444455556666', region: 'eu-west-1' };
const opened = {
  eventID: 'e-1',
  eventTime: '2026-01-01T00:00:00Z',
  eventSource: 'box.amazonaws.com',
  eventName: 'OpenLid',
  awsRegion: 'eu-central-1',
  recipientAccountId: '444455556666',
  userIdentity: { arn: 'arn:aws:iam::444455556666:user/ann' },
  requestParameters: { boxId: 'box-7' },
};

async function received(
  input: unknown,
  world: World,
  controls: AnyControl[] = [lidClosed, locked, labelled],
  mode: Mode = 'remediate',
) {
  const engine = testEngine((region) => world.aws(region), mode);
  const groups = await Array.fromAsync(receive(input, engine, { controls, fallback: FALLBACK }));
  return { groups, results: groups.flat(), notified: engine.notified };
}
const only = ({ results }: { results: Result[] }) => {
  expect(results).toHaveLength(1);
  return results[0] as Result;
};
const NOTHING = {
  controlId: null,
  resourceType: null,
  resourceId: null,
  accountId: null,
  region: null,
  before: null,
  after: null,
  mode: null,
  severity: null,
  steps: [],
  remediationId: null,
};

test('an event leads to one line for each resource and control that it can have affected', async () => {
  const world = new World({ lid: { open: true } });
  const { groups, notified } = await received(opened, world);
  expect(groups).toHaveLength(1);
  expect(groups[0]).toMatchObject([
    {
      eventId: 'e-1',
      eventName: 'OpenLid',
      controlId: 'box-lid-closed',
      resourceId: 'box-7',
      accountId: '444455556666',
      region: 'eu-central-1',
      outcome: 'remediated',
    },
    { controlId: 'box-locked', outcome: 'remediated' },
  ]);
  expect(world.calls).toMatchObject([{ operation: 'CloseLid', region: 'eu-central-1' }]);
  expect(notified).toMatchObject([
    { attribution: { actor: 'arn:aws:iam::444455556666:user/ann' }, eventTime: '2026-01-01T00:00:00Z' },
  ]);
});

test.each([
  ['a record', { ...opened, awsRegion: 'eu-wst-1' }, 'eu-wst-1', 'eu-west-1'],
  [
    'an item of AWS Config',
    { resourceType: 'AWS::Box::Box', resourceId: 'box-7', awsRegion: 'EU-WEST-1', awsAccountId: '444455556666' },
    'EU-WEST-1',
    'eu-west-1',
  ],
])(
  '%s of a region that is none fails with the nearest name, and nothing is asked',
  async (_name, event, region, near) => {
    const world = new World({ lid: { open: true } });
    const result = only(await received(event, world));
    expect(result).toEqual({
      ...NOTHING,
      eventId: 'eventID' in event ? 'e-1' : null,
      eventName: 'eventID' in event ? 'OpenLid' : null,
      outcome: 'failed',
      resourceType: 'AWS::Box::Box',
      resourceId: 'box-7',
      accountId: '444455556666',
      region,
      annotation: null,
      error: `"${region}": unknown region; did you mean ${near}?`,
    });
    expect(world.log).toEqual([]);
  },
);

test('a region that is newer than our data is looked at, and an event of none that concerns nothing is no failure', async () => {
  const world = new World({ lid: { open: true } });
  expect(only(await received({ ...opened, awsRegion: 'eu-west-9' }, world, [lidClosed]))).toMatchObject({
    outcome: 'remediated',
    region: 'eu-west-9',
  });
  expect(only(await received({ ...opened, eventName: 'PaintBox', awsRegion: 'eu-wst-1' }, world))).toMatchObject({
    outcome: 'notApplicable',
  });
});

test('what is replayed, doubled or late does nothing more', async () => {
  const world = new World({ lid: { open: true } });
  const { results } = await received([opened, opened, { Records: [opened] }], world, [lidClosed]);
  expect(results.map(({ outcome }) => outcome)).toEqual(['remediated', 'compliant', 'compliant']);
  expect(world.calls).toHaveLength(1);
});

describe('one bare line', () => {
  test('for an event that concerns no control', async () => {
    const result = only(await received({ ...opened, eventName: 'PaintBox' }, new World()));
    expect(result).toEqual({
      ...NOTHING,
      eventId: 'e-1',
      eventName: 'PaintBox',
      outcome: 'notApplicable',
      annotation: expect.stringMatching(/PaintBox of box.amazonaws.com concerns no control/),
      error: null,
    });
  });

  test('for an event that cannot be read', async () => {
    const result = only(await received({ foo: 1 }, new World()));
    expect(result).toEqual({
      ...NOTHING,
      eventId: null,
      eventName: null,
      outcome: 'failed',
      annotation: null,
      error: expect.stringMatching(/^UnreadableEventError: the event is none of: an EventBridge envelope/),
    });
  });

  test('for a call that failed', async () => {
    const result = only(await received({ ...opened, errorCode: 'AccessDenied' }, new World({ lid: { open: true } })));
    expect(result).toMatchObject({ outcome: 'notApplicable', annotation: expect.stringMatching(/AccessDenied/) });
  });

  test('for one whose controls are off', async () => {
    expect(only(await received(opened, new World(), [lidClosed], 'off'))).toMatchObject({
      outcome: 'notApplicable',
      annotation: 'Every control is off.',
    });
  });

  test('for a resource that could not be told', async () => {
    expect(
      only(await received({ ...opened, requestParameters: null, responseElements: {} }, new World())),
    ).toMatchObject({
      eventId: 'e-1',
      outcome: 'failed',
      error: expect.stringMatching(/could not identify the AWS::Box::Box of OpenLid/),
    });
  });
});

test('one bad event among others fails alone, in its place', async () => {
  const { groups } = await received([opened, null, '{"half', { ...opened, eventID: 'e-2' }], new World(), [lidClosed]);
  expect(groups.map((group) => group.map(({ outcome, eventId }) => `${eventId} ${outcome}`))).toEqual([
    ['e-1 compliant'],
    ['null failed'],
    ['null failed'],
    ['e-2 compliant'],
  ]);
});

test('a resource that fails does not keep the next one waiting', async () => {
  const world = new World();
  world.errors.set('lid', named('AccessDenied'));
  const { results } = await received([opened, { resourceType: 'AWS::Box::Box', resourceId: 'box-8' }], world, [
    lidClosed,
    labelled,
  ]);
  expect(results.map(({ resourceId, controlId, outcome }) => `${resourceId} ${controlId} ${outcome}`)).toEqual([
    'box-7 box-lid-closed failed',
    'box-8 box-lid-closed failed',
    'box-8 box-labelled compliant',
  ]);
  expect(results[1]).toMatchObject(FALLBACK);
});

test('an event is nobody’s decision: what is blocked is called again only where a person runs it', async () => {
  const world = new World({ lid: { open: true } });
  world.errors.set('CloseLid', refusedWith('AccessDenied', 'with an explicit deny in a service control policy'));
  const engine = testEngine((region) => world.aws(region), 'remediate');
  const calls: number[] = [];
  for (const rest of [{}, {}, { byPerson: true }]) {
    await Array.fromAsync(receive(opened, engine, { controls: [lidClosed], fallback: FALLBACK, ...rest }));
    calls.push(world.log.filter((line) => line === 'call CloseLid').length);
  }
  expect(calls).toEqual([1, 1, 2]);
});

test('a log file with nothing in it leads to nothing', async () => {
  expect((await received({ Records: [] }, new World())).groups).toEqual([]);
});
