import { beforeEach, describe, expect, test } from '@jest/globals';
import detection from '../../../shared/detections/iam-root-user-unused.ts';
import type { Exemption } from '../../../shared/ledger/records.ts';
import type { OutcomeEvent } from '../../../shared/notify/outcome.ts';
import { DAY_MS, HOUR_MS } from '../../../shared/time.ts';
import { dailyTasks } from '../../../shared/watch/daily.ts';
import { another, DetectionScene, REF } from '../../support/detection-scene.ts';
import { assertValidOutcome } from '../../support/outcome.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from '../../support/samples.ts';

let scene: DetectionScene;
beforeEach(() => {
  scene = new DetectionScene();
});

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

describe('where each outcome is followed', () => {
  let sent: (readonly [string, string])[];
  beforeEach(() => {
    sent = [];
    Object.assign(scene.engine, {
      sendOutcomes: async (outcomes: readonly OutcomeEvent[]) => {
        outcomes.forEach(assertValidOutcome);
        sent.push(...outcomes.map(({ outcome, resource }) => [outcome, resource.arn] as const));
      },
    });
  });
  const ROOT = `arn:aws:iam::${SAMPLE_ACCOUNT}:root`;

  test('a detection is sent, and its end too, which nobody is notified of', async () => {
    await scene.see(another('e-1'));
    scene.now += 8 * DAY_MS;
    await scene.schedule();
    await scene.schedule();
    expect(sent).toEqual([
      ['detected', ROOT],
      ['compliant', ROOT],
    ]);
    expect(scene.engine.notified).toHaveLength(1);
  });

  test.each([
    ['with the next event', () => scene.see(another('e-2'))],
    ['with the day', () => scene.review()],
  ])('what is exempted ends %s', async (_, look) => {
    await scene.see(another('e-1'));
    await scene.engine.ledger.saveExemption(exemption());
    await look();
    await look();
    expect(sent).toEqual([
      ['detected', ROOT],
      ['exempted', ROOT],
    ]);
  });
});

describe('modes and exemptions', () => {
  test('off is silence, and no call of the ledger', async () => {
    scene.withPolicy({ controls: { [detection.id]: { mode: 'off' } } });
    expect(await scene.see(sampleEvent('detections/RootCall'))).toMatchObject([
      { controlId: null, outcome: 'notApplicable', annotation: 'Every control is off.' },
    ]);
    expect(scene.calls).toEqual([]);
  });

  test('a mode above detect is detect', async () => {
    scene.withPolicy({ defaults: { mode: 'remediate' } });
    expect(await scene.see(sampleEvent('detections/RootCall'))).toMatchObject([
      { outcome: 'detected', mode: 'detect' },
    ]);
  });

  test.each([
    ['by its ARN, in the ledger', exemption()],
    ['by its id, in the ledger', exemption({ resource: SAMPLE_ACCOUNT })],
  ])('an exemption is quiet, %s', async (_name, given) => {
    await scene.engine.ledger.saveExemption(given);
    expect(await scene.see(sampleEvent('detections/RootCall'))).toMatchObject([
      { outcome: 'exempted', annotation: expect.stringMatching(/^Exempt until 2026-11-03 \(jo@example.com\)/) },
    ]);
    expect(scene.engine.notified).toEqual([]);
    expect((await scene.state()).findings).toEqual({});
    scene.now += 2 * DAY_MS;
    expect(await scene.see(another('e-2'))).toMatchObject([{ outcome: 'detected' }]);
    expect(scene.engine.notified).toHaveLength(1);
  });

  test('an exemption in policy.yml holds as well, and one of another control or of some elements does not', async () => {
    await scene.engine.ledger.saveExemption(exemption({ id: 'ex-2', control: 's3-x' }));
    await scene.engine.ledger.saveExemption(exemption({ id: 'ex-3', elements: ['x'] }));
    expect(await scene.see(another('e-1'))).toMatchObject([{ outcome: 'detected' }]);
    const { control, resource, owner, reason, expires } = exemption({ resource: 'arn:aws:iam::*:root' });
    scene.withPolicy({ exemptions: [{ control, resource, owner, reason, expires }] });
    expect(await scene.see(another('e-2'))).toMatchObject([{ outcome: 'exempted' }]);
  });

  test('what was found before it was exempted ends with the next event', async () => {
    await scene.see(another('e-1'));
    await scene.engine.ledger.saveExemption(exemption());
    expect(await scene.see(another('e-2'))).toMatchObject([{ outcome: 'exempted' }]);
    expect((await scene.state()).findings).toEqual({});
  });

  test('what was found before it was exempted ends with the day', async () => {
    await scene.see(another('e-1'));
    await scene.see(another('e-2'));
    await scene.engine.ledger.saveExemption(exemption());
    scene.now += 2 * HOUR_MS;
    const { rechecks } = await dailyTasks(scene.engine);
    expect(rechecks).toMatchObject([{ service: 'iam', ref: REF }]);
    await scene.review();
    expect((await scene.state()).findings).toEqual({});
    expect(scene.engine.notified).toHaveLength(1);
    expect((await dailyTasks(scene.engine)).rechecks).toEqual([]);
  });
});
