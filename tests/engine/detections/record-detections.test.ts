import { beforeEach, describe, expect, test } from '@jest/globals';
import detection from '../../../shared/detections/iam-root-user-unused.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/time.ts';
import { another, DetectionScene, REF } from '../../support/detection-scene.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from '../../support/samples.ts';

let scene: DetectionScene;
beforeEach(() => {
  scene = new DetectionScene();
});

describe('an event that is a finding', () => {
  test('is detected, kept in the home region, and notified with who did it', async () => {
    expect(await scene.see(sampleEvent('detections/RootCall'))).toMatchObject([
      {
        controlId: detection.id,
        severity: 'HIGH',
        ...REF,
        outcome: 'detected',
        before: null,
        after: null,
        mode: 'detect',
        steps: [],
        remediationId: null,
        error: null,
        annotation: expect.stringContaining('The root user called CreateAccessKey'),
      },
    ]);
    expect(scene.engine.notified).toMatchObject([
      {
        control: { id: detection.id, title: detection.title, guidance: detection.guidance },
        result: { outcome: 'detected' },
        attribution: { sourceIp: '198.51.100.23' },
        eventTime: '2026-11-02T09:28:16Z',
        reversible: false,
        consoleUrl: expect.stringContaining('eu-central-1.console.aws.amazon.com/cloudtrailv2'),
      },
    ]);
    expect(await scene.state()).toMatchObject({ outbox: [], arn: `arn:aws:iam::${SAMPLE_ACCOUNT}:root` });
    expect(await Array.fromAsync(scene.engine.ledger.openFindings())).toMatchObject([
      { controlId: detection.id, ref: REF },
    ]);
  });

  test('is one write when it is new, besides the one that clears what was published', async () => {
    await scene.see(sampleEvent('detections/RootCall'));
    expect(scene.calls.map(({ call }) => call)).toEqual(['get', 'query', 'commit', 'commit']);
  });

  test('that comes again, by itself or in another envelope, is one read and no notification', async () => {
    await scene.see(another('e-1'));
    scene.calls.splice(0);
    expect(await scene.see(another('e-1'))).toMatchObject([{ outcome: 'detected', error: null }]);
    expect(await scene.see({ ...another('e-1'), id: 'of-another-bus' })).toMatchObject([{ outcome: 'detected' }]);
    expect(await scene.see(another('e-1').detail)).toMatchObject([{ outcome: 'detected' }]);
    expect(scene.calls.map(({ call }) => call)).toEqual(['get', 'get', 'get']);
    expect(scene.engine.notified).toHaveLength(1);
  });

  test('is counted with the others, and their number is notified by the schedule an hour later, once', async () => {
    await scene.see(another('e-1'));
    for (const id of ['e-2', 'e-3', 'e-4']) {
      scene.now += MINUTE_MS;
      await scene.see(another(id));
    }
    expect(scene.engine.notified).toHaveLength(1);
    scene.now += HOUR_MS - 3 * MINUTE_MS;
    await scene.schedule();
    expect(scene.engine.notified).toHaveLength(1);
    scene.now += MINUTE_MS;
    await scene.schedule();
    await scene.schedule();
    expect(scene.engine.notified.slice(1)).toMatchObject([
      {
        control: { title: detection.title },
        result: { annotation: expect.stringMatching(/^Seen 3 more times since/) },
      },
    ]);
  });

  test('is notified of as a number too where no schedule came: with the next of its kind', async () => {
    await scene.see(another('e-1'));
    await scene.see(another('e-2'));
    scene.now += HOUR_MS;
    expect(await scene.see(another('e-3'))).toMatchObject([
      { annotation: expect.stringMatching(/^Seen 2 more times/) },
    ]);
    expect(scene.engine.notified).toHaveLength(2);
  });

  test('of another kind is another notification', async () => {
    await scene.see(sampleEvent('detections/RootCall'));
    await scene.see(sampleEvent('detections/RootCall.failed'));
    await scene.see(sampleEvent('detections/RootConsoleLogin'));
    expect(scene.engine.notified.map(({ result }) => result.eventName)).toEqual([
      'CreateAccessKey',
      'LeaveOrganization',
      'ConsoleLogin',
    ]);
    expect(await scene.see(sampleEvent('detections/UserCall'))).toMatchObject([
      { controlId: null, outcome: 'notApplicable' },
    ]);
  });

  test('ends seven days after it was last seen: the schedule forgets it, and the next is new', async () => {
    await scene.see(another('e-1'));
    scene.now += 7 * DAY_MS - 1;
    await scene.schedule();
    expect((await scene.state()).findings).not.toEqual({});
    scene.now += 1;
    await scene.schedule();
    expect((await scene.state()).findings).toEqual({});
    expect(await Array.fromAsync(scene.engine.ledger.active())).toEqual([]);
    expect(scene.engine.notified).toHaveLength(1);
    await scene.see(another('e-2'));
    expect(scene.engine.notified).toHaveLength(2);
  });
});

describe('a recheck', () => {
  const callsOf = async () => {
    scene.calls.splice(0);
    expect(await scene.review()).toMatchObject([{ outcome: 'notApplicable' }]);
    return scene.calls.map(({ call }) => call);
  };

  test('of what nothing was found on is one read', async () => {
    expect(await callsOf()).toEqual(['get']);
  });

  test('writes nothing where nothing is due', async () => {
    await scene.see(another('e-1'));
    expect(await callsOf()).toEqual(['get', 'query']);
  });
});

describe('when something fails', () => {
  const withoutTable = () =>
    Object.assign(scene.engine, {
      ledger: { ...scene.engine.ledger, load: () => Promise.reject(new Error('no table')) },
    });

  test('a notification that could not be published fails the event, and its retry publishes it, once', async () => {
    scene.isDown = true;
    expect(await scene.see(another('e-1'))).toMatchObject([
      { outcome: 'failed', error: expect.stringContaining('detected, but not notified: no topic') },
    ]);
    expect(await scene.see(another('e-1'))).toMatchObject([{ outcome: 'failed' }]);
    scene.isDown = false;
    expect(await scene.see(another('e-1'))).toMatchObject([{ outcome: 'detected', error: null }]);
    await scene.see(another('e-1'));
    expect(scene.engine.notified).toHaveLength(1);
    expect((await scene.state()).outbox).toEqual([]);
  });

  test('one that nobody retried is published by the schedule, with the words of the detection', async () => {
    scene.isDown = true;
    await scene.see(another('e-1'));
    scene.isDown = false;
    scene.now += 2 * MINUTE_MS;
    await scene.schedule();
    expect(scene.engine.notified).toMatchObject([
      { control: { title: detection.title }, result: { outcome: 'detected' } },
    ]);
    await scene.schedule();
    expect(scene.engine.notified).toHaveLength(1);
  });

  test('a ledger that does not answer fails the recheck, by its resource', async () => {
    withoutTable();
    expect(await scene.review()).toMatchObject([{ ...REF, outcome: 'failed', error: 'no table' }]);
  });

  test('a ledger that does not answer fails the event', async () => {
    withoutTable();
    expect(await scene.see(another('e-1'))).toMatchObject([
      { outcome: 'failed', controlId: detection.id, error: 'no table' },
    ]);
    expect(scene.engine.notified).toEqual([]);
  });

  test('twenty at once are one notification and nineteen repeats', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => scene.see(another(`e-${index}`))));
    expect(scene.engine.notified).toHaveLength(1);
    expect(Object.values((await scene.state()).findings)).toMatchObject([{ sightings: { repeats: 19 } }]);
  });
});
