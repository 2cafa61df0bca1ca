import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import detection from '../../../shared/detections/iam-root-user-unused.ts';
import { receive } from '../../../shared/engine/intake/reconcile-change.ts';
import { leftovers } from '../../../shared/engine/sweep/leftovers.ts';
import { recheck } from '../../../shared/internal-events.ts';
import { resourceKey } from '../../../shared/ledger/ledger.ts';
import { memoryStore } from '../../../shared/ledger/memory.ts';
import type { Exemption } from '../../../shared/ledger/records.ts';
import { ledgerIn } from '../../../shared/ledger/stored-ledger.ts';
import type { PolicyDocument } from '../../../shared/policy/policy.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import type { Result } from '../../../shared/result.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/time.ts';
import { dailyTasks } from '../../../shared/watch/daily.ts';
import { countingStore } from '../../support/counting-store.ts';
import { type TestEngine, testEngine } from '../../support/engine.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from '../../support/samples.ts';

const HOME = 'eu-central-1';
const REF = { resourceType: 'AWS::::Account', resourceId: SAMPLE_ACCOUNT, accountId: SAMPLE_ACCOUNT, region: HOME };
const KEY = resourceKey('iam', REF);

let now: number;
let engine: TestEngine;
let calls: ReturnType<typeof countingStore>['calls'];
let isDown: boolean;
beforeEach(() => {
  now = Date.parse('2026-11-02T09:30:00Z');
  const counting = countingStore(memoryStore());
  calls = counting.calls;
  isDown = false;
  const nobody = () => {
    throw new Error('a detection asks nobody');
  };
  engine = testEngine(nobody, 'remediate', {
    ledger: ledgerIn(counting.store, () => now),
    clock: { now: () => new Date(now), sleep: async () => {} },
    policy: policyFrom(null),
  });
  const { notify } = engine.notifier;
  Object.assign(engine.notifier, {
    notify: (...given: Parameters<typeof notify>) =>
      isDown ? Promise.reject(new Error('no topic')) : notify(...given),
  });
});

const see = async (event: unknown, on: TestEngine = engine): Promise<readonly Result[]> => {
  const controls: readonly AnyControl[] = [];
  const fallback = { accountId: SAMPLE_ACCOUNT, region: HOME };
  return (
    await Array.fromAsync(receive(event, on, { controls, detections: [detection], fallback, home: HOME }))
  ).flat();
};
/** The same deed of another day: another event. */
const another = (id: string, name = 'detections/RootCall') => {
  const event = sampleEvent(name) as { id: string; detail: { eventID: string } };
  return { ...event, id: `envelope-${id}`, detail: { ...event.detail, eventID: id } };
};
const state = async () => (await engine.ledger.load(KEY)).state;
/** What the schedule does: it looks at what is left to do. */
const schedule = async () => {
  for (const { service, ref } of await leftovers(engine)) {
    const { detail, detailType } = recheck(service, ref);
    await see({ source: 'evenkeel', 'detail-type': detailType, detail });
  }
};
const review = (on: TestEngine = engine) => {
  const { detail, detailType } = recheck('iam', REF);
  return see({ source: 'evenkeel', 'detail-type': detailType, detail }, on);
};
const withPolicy = (document: PolicyDocument) => Object.assign(engine, { policy: policyFrom(document) });
const exemption = (rest: Partial<Exemption> = {}): Exemption => ({
  id: 'ex-1',
  control: detection.id,
  resource: `arn:aws:iam::${SAMPLE_ACCOUNT}:root`,
  owner: 'jo@example.com',
  reason: 'the account is being set up',
  expires: '2026-11-03',
  createdAt: '2026-11-01T00:00:00Z',
  createdBy: 'jo',
  ...rest,
});

describe('an event that is a finding', () => {
  test('is detected, kept in the home region, and notified with who did it', async () => {
    expect(await see(sampleEvent('detections/RootCall'))).toMatchObject([
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
    expect(engine.notified).toMatchObject([
      {
        control: { id: detection.id, title: detection.title, guidance: detection.guidance },
        result: { outcome: 'detected' },
        attribution: { sourceIp: '198.51.100.23' },
        eventTime: '2026-11-02T09:28:16Z',
        reversible: false,
        consoleUrl: expect.stringContaining('eu-central-1.console.aws.amazon.com/cloudtrailv2'),
      },
    ]);
    expect(await state()).toMatchObject({ outbox: [], arn: `arn:aws:iam::${SAMPLE_ACCOUNT}:root` });
    expect(await Array.fromAsync(engine.ledger.openFindings())).toMatchObject([{ controlId: detection.id, ref: REF }]);
  });

  test('is one write when it is new, besides the one that clears what was published', async () => {
    await see(sampleEvent('detections/RootCall'));
    expect(calls.map(({ call }) => call)).toEqual(['get', 'query', 'commit', 'commit']);
  });

  test('that comes again, by itself or in another envelope, is one read and no notification', async () => {
    await see(another('e-1'));
    calls.splice(0);
    expect(await see(another('e-1'))).toMatchObject([{ outcome: 'detected', error: null }]);
    expect(await see({ ...another('e-1'), id: 'of-another-bus' })).toMatchObject([{ outcome: 'detected' }]);
    expect(await see(another('e-1').detail)).toMatchObject([{ outcome: 'detected' }]);
    expect(calls.map(({ call }) => call)).toEqual(['get', 'get', 'get']);
    expect(engine.notified).toHaveLength(1);
  });

  test('is counted with the others, and their number is notified by the schedule an hour later, once', async () => {
    await see(another('e-1'));
    for (const id of ['e-2', 'e-3', 'e-4']) {
      now += MINUTE_MS;
      await see(another(id));
    }
    expect(engine.notified).toHaveLength(1);
    now += HOUR_MS - 3 * MINUTE_MS;
    await schedule();
    expect(engine.notified).toHaveLength(1);
    now += MINUTE_MS;
    await schedule();
    await schedule();
    expect(engine.notified.slice(1)).toMatchObject([
      {
        control: { title: detection.title },
        result: { annotation: expect.stringMatching(/^Seen 3 more times since/) },
      },
    ]);
  });

  test('is notified of as a number too where no schedule came: with the next of its kind', async () => {
    await see(another('e-1'));
    await see(another('e-2'));
    now += HOUR_MS;
    expect(await see(another('e-3'))).toMatchObject([{ annotation: expect.stringMatching(/^Seen 2 more times/) }]);
    expect(engine.notified).toHaveLength(2);
  });

  test('of another kind is another notification', async () => {
    await see(sampleEvent('detections/RootCall'));
    await see(sampleEvent('detections/RootCall.failed'));
    await see(sampleEvent('detections/RootConsoleLogin'));
    expect(engine.notified.map(({ result }) => result.eventName)).toEqual([
      'CreateAccessKey',
      'LeaveOrganization',
      'ConsoleLogin',
    ]);
    expect(await see(sampleEvent('detections/UserCall'))).toMatchObject([
      { controlId: null, outcome: 'notApplicable' },
    ]);
  });

  test('ends seven days after it was last seen: the schedule forgets it, and the next is new', async () => {
    await see(another('e-1'));
    now += 7 * DAY_MS - 1;
    await schedule();
    expect((await state()).findings).not.toEqual({});
    now += 1;
    await schedule();
    expect((await state()).findings).toEqual({});
    expect(await Array.fromAsync(engine.ledger.active())).toEqual([]);
    expect(engine.notified).toHaveLength(1);
    await see(another('e-2'));
    expect(engine.notified).toHaveLength(2);
  });
});

describe('a recheck', () => {
  const callsOf = async () => {
    calls.splice(0);
    expect(await review()).toMatchObject([{ outcome: 'notApplicable' }]);
    return calls.map(({ call }) => call);
  };

  test('of what nothing was found on is one read', async () => {
    expect(await callsOf()).toEqual(['get']);
  });

  test('writes nothing where nothing is due', async () => {
    await see(another('e-1'));
    expect(await callsOf()).toEqual(['get', 'query']);
  });
});

describe('modes and exemptions', () => {
  test('off is silence, and no call of the ledger', async () => {
    withPolicy({ controls: { [detection.id]: { mode: 'off' } } });
    expect(await see(sampleEvent('detections/RootCall'))).toMatchObject([
      { controlId: null, outcome: 'notApplicable', annotation: 'Every control is off.' },
    ]);
    expect(calls).toEqual([]);
  });

  test('a mode above detect is detect', async () => {
    withPolicy({ defaults: { mode: 'remediate' } });
    expect(await see(sampleEvent('detections/RootCall'))).toMatchObject([{ outcome: 'detected', mode: 'detect' }]);
  });

  test.each([
    ['by its ARN, in the ledger', exemption()],
    ['by its id, in the ledger', exemption({ resource: SAMPLE_ACCOUNT })],
  ])('an exemption is quiet, %s', async (_name, given) => {
    await engine.ledger.saveExemption(given);
    expect(await see(sampleEvent('detections/RootCall'))).toMatchObject([
      { outcome: 'exempted', annotation: expect.stringMatching(/^Exempt until 2026-11-03 \(jo@example.com\)/) },
    ]);
    expect(engine.notified).toEqual([]);
    expect((await state()).findings).toEqual({});
    now += 2 * DAY_MS;
    expect(await see(another('e-2'))).toMatchObject([{ outcome: 'detected' }]);
    expect(engine.notified).toHaveLength(1);
  });

  test('an exemption in policy.yml holds as well, and one of another control or of some elements does not', async () => {
    await engine.ledger.saveExemption(exemption({ id: 'ex-2', control: 's3-x' }));
    await engine.ledger.saveExemption(exemption({ id: 'ex-3', elements: ['x'] }));
    expect(await see(another('e-1'))).toMatchObject([{ outcome: 'detected' }]);
    const { control, resource, owner, reason, expires } = exemption({ resource: 'arn:aws:iam::*:root' });
    withPolicy({ exemptions: [{ control, resource, owner, reason, expires }] });
    expect(await see(another('e-2'))).toMatchObject([{ outcome: 'exempted' }]);
  });

  test('what was found before it was exempted ends with the next event', async () => {
    await see(another('e-1'));
    await engine.ledger.saveExemption(exemption());
    expect(await see(another('e-2'))).toMatchObject([{ outcome: 'exempted' }]);
    expect((await state()).findings).toEqual({});
  });

  test('what was found before it was exempted ends with the day', async () => {
    await see(another('e-1'));
    await see(another('e-2'));
    await engine.ledger.saveExemption(exemption());
    now += 2 * HOUR_MS;
    const { rechecks } = await dailyTasks(engine);
    expect(rechecks).toMatchObject([{ service: 'iam', ref: REF }]);
    const { detail, detailType } = recheck('iam', REF);
    await see({ source: 'evenkeel', 'detail-type': detailType, detail });
    expect((await state()).findings).toEqual({});
    expect(engine.notified).toHaveLength(1);
    expect((await dailyTasks(engine)).rechecks).toEqual([]);
  });
});

describe('when something fails', () => {
  test('a notification that could not be published fails the event, and its retry publishes it, once', async () => {
    isDown = true;
    expect(await see(another('e-1'))).toMatchObject([
      { outcome: 'failed', error: expect.stringContaining('detected, but not notified: no topic') },
    ]);
    expect(await see(another('e-1'))).toMatchObject([{ outcome: 'failed' }]);
    isDown = false;
    expect(await see(another('e-1'))).toMatchObject([{ outcome: 'detected', error: null }]);
    await see(another('e-1'));
    expect(engine.notified).toHaveLength(1);
    expect((await state()).outbox).toEqual([]);
  });

  test('one that nobody retried is published by the schedule, with the words of the detection', async () => {
    isDown = true;
    await see(another('e-1'));
    isDown = false;
    now += 2 * MINUTE_MS;
    await schedule();
    expect(engine.notified).toMatchObject([{ control: { title: detection.title }, result: { outcome: 'detected' } }]);
    await schedule();
    expect(engine.notified).toHaveLength(1);
  });

  test('a ledger that does not answer fails the recheck, by its resource', async () => {
    const ledger = { ...engine.ledger, load: () => Promise.reject(new Error('no table')) };
    expect(await review(Object.assign(engine, { ledger }))).toMatchObject([
      { ...REF, outcome: 'failed', error: 'no table' },
    ]);
  });

  test('a ledger that does not answer fails the event', async () => {
    const ledger = { ...engine.ledger, load: () => Promise.reject(new Error('no table')) };
    expect(await see(another('e-1'), Object.assign(engine, { ledger }))).toMatchObject([
      { outcome: 'failed', controlId: detection.id, error: 'no table' },
    ]);
    expect(engine.notified).toEqual([]);
  });

  test('twenty at once are one notification and nineteen repeats', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => see(another(`e-${index}`))));
    expect(engine.notified).toHaveLength(1);
    expect(Object.values((await state()).findings)).toMatchObject([{ sightings: { repeats: 19 } }]);
  });
});
