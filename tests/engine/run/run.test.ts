import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AnyControl, Mode } from '../../../shared/control.ts';
import { complianceOf, facetsOf, modeOf, Run } from '../../../shared/engine/run/run.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { Unreadable, UnreadableError } from '../../../shared/resource.ts';
import { type BoxScene, boxScene, KEY } from '../../support/box-run.ts';
import { box, GOOD, kept, labelled, lidClosed, locked, named, REF, World } from '../../support/fake-resource.ts';
import { change } from '../../support/ledger-fixtures.ts';
import { RESULT_KEYS } from '../../support/result-keys.ts';

let scene: BoxScene;
beforeEach(() => {
  scene = boxScene();
});
const setPolicy = (document: Parameters<typeof policyFrom>[0]) =>
  Object.assign(scene.engine, { policy: policyFrom(document) });

describe('the reads of a run', () => {
  test('are of the facets that its controls need, each once', async () => {
    const run = await scene.run([lidClosed, locked]);
    expect(run.facets).toEqual(['lid', 'lock']);
    expect(scene.world.log).toEqual(['read lid', 'read lock']);
  });

  test('go on within a round: what was read is not read again', async () => {
    const run = await scene.run([lidClosed]);
    await run.readMore(['lid', 'label']);
    expect(scene.world.log).toEqual(['read lid', 'read label']);
    expect(run.observation.facets).toMatchObject({ lid: { open: true }, label: GOOD.label });
  });

  test('begin anew with the next round', async () => {
    const run = await scene.run([lidClosed]);
    scene.world.box = GOOD;
    expect(run.evaluate(lidClosed).evaluation.complianceType).toBe('NON_COMPLIANT');
    await run.observe();
    expect(run.evaluate(lidClosed).evaluation.complianceType).toBe('COMPLIANT');
  });
});

describe('what a control was last known by', () => {
  const withHistory = async (history: Run['configHistory'], lastKnown: Record<string, unknown> = {}) => {
    await change(scene.engine.ledger, KEY, { lastKnown });
    const { subject, cause, engine, draft, observation } = await scene.run([kept]);
    return new Run(subject, cause, engine, draft, observation, history);
  };

  test('is what the ledger keeps; else what AWS Config knows; else nothing', async () => {
    const [ledgers, configs] = [{ label: { text: 'ledger' } }, { label: { text: 'config' } }];
    expect((await withHistory(configs, ledgers)).context(kept).lastKnown).toEqual(ledgers);
    expect((await withHistory(configs)).context(kept).lastKnown).toEqual(configs);
    expect((await withHistory(null)).context(kept).lastKnown).toBeNull();
  });

  test('makes the evaluation of a deletion throw where it could not be read', async () => {
    scene.world.box = null;
    const run = await withHistory(new Unreadable('the history', named('AccessDenied')));
    expect(() => run.evaluate(kept)).toThrow(UnreadableError);
    expect(run.evaluate(lidClosed).evaluation.complianceType).toBe('NOT_APPLICABLE');
  });
});

test('a control is given those whom the policy trusts', async () => {
  setPolicy({ trusted: { accounts: ['444455556666'] } });
  const run = await scene.run([lidClosed]);
  expect(run.context(lidClosed)).toMatchObject({ trusted: { accounts: ['444455556666'], organizations: [] } });
});

describe('whose a resource is', () => {
  test('is read once, and only when asked for', async () => {
    let reads = 0;
    const read = async () => {
      reads += 1;
      return { tags: { team: 'web' }, service: null };
    };
    const run = await scene.run([lidClosed], { resource: { ...box, ownership: { grants: {}, read } } });
    expect(reads).toBe(0);
    const [first, second] = await Promise.all([run.ownership(), run.ownership()]);
    expect([reads, first, second]).toEqual([1, { tags: { team: 'web' }, service: null }, first]);
  });

  test('names the resource in notices, without its other tags, once it was read', async () => {
    const tags = { Name: 'web', TEAM: 'shop', secret: 'x' };
    const read = async () => ({ tags, service: null });
    const run = await scene.run([lidClosed], { resource: { ...box, ownership: { grants: {}, read } } });
    const tagsOf = () => run.notice(lidClosed, { outcome: 'detected' }).notice.tags;
    expect(tagsOf()).toBeUndefined();
    await run.ownership();
    expect(tagsOf()).toEqual({ Name: 'web', TEAM: 'shop' });
  });

  test('is nobody’s where its type knows no owners', async () => {
    expect(await (await scene.run([lidClosed])).ownership()).toEqual({ tags: {}, service: null });
  });
});

describe('the mode that holds', () => {
  test('is the policy’s, by the tags that are given', async () => {
    setPolicy({ defaults: { mode: 'detect' }, matches: [{ tags: { env: 'test' }, mode: 'remediate' }] });
    const run = await scene.run([lidClosed]);
    expect(modeOf(run, lidClosed, null)).toBe('detect');
    expect(modeOf(run, lidClosed, { env: 'test' })).toBe('remediate');
  });

  test.each<[Mode, Mode, Mode]>([
    ['remediate', 'detect', 'detect'],
    ['approve', 'remediate', 'approve'],
    ['off', 'approve', 'off'],
  ])('%s under a ceiling of %s is %s', async (mode, ceiling, held) => {
    setPolicy({ defaults: { mode } });
    Object.assign(scene.engine, { ceiling });
    expect(modeOf(await scene.run([lidClosed]), lidClosed, null)).toBe(held);
  });
});

describe('a result of a run', () => {
  test('has every key, and names event, resource, control and mode', async () => {
    const result = (await scene.run([lidClosed])).result(lidClosed, { outcome: 'detected' });
    expect(Object.keys(result).sort()).toEqual(RESULT_KEYS);
    expect(result).toMatchObject({
      ...REF,
      controlId: lidClosed.id,
      severity: 'CRITICAL',
      mode: 'remediate',
      eventId: 'e-1',
    });
  });

  test('is cut to what AWS Config takes as an annotation', async () => {
    const run = await scene.run([lidClosed]);
    expect(run.result(lidClosed, { outcome: 'detected', annotation: 'x'.repeat(300) }).annotation).toHaveLength(256);
  });
});

test('a notice is the run’s to publish, and reversible unless said otherwise', async () => {
  const run = await scene.run([lidClosed]);
  const first = run.notice(lidClosed, { outcome: 'remediated' });
  const stoppedBy = { gate: 'flap', everything: false } as const;
  const second = run.notice(lidClosed, { outcome: 'halted' }, { reversible: false, stoppedBy });
  expect(run.notices).toEqual([first.id, second.id]);
  expect(first.notice).toMatchObject({ reversible: true, result: { outcome: 'remediated' } });
  expect(first.notice).not.toHaveProperty('stoppedBy');
  expect(second.notice).toMatchObject({ reversible: false, stoppedBy });
});

test('the plan of a run is made of what it has read', async () => {
  scene = boxScene(new World({ lid: { open: true }, lock: { on: false } }));
  const run = await scene.run([locked, labelled]);
  expect(run.plan(locked, run.evaluate(locked)).steps.map(({ elements }) => elements)).toEqual([['lid'], ['lock']]);
  expect(run.plan(labelled, run.evaluate(labelled)).steps).toEqual([]);
});

test('the facets of several controls are listed once each', () => {
  const controls = [locked, lidClosed, labelled] as readonly AnyControl[];
  expect(facetsOf(controls)).toEqual(['lid', 'lock', 'label']);
});

test('the compliance type of a control is null where its facets cannot be read', async () => {
  scene.world.errors.set('lock', named('AccessDenied'));
  const run = await scene.run([lidClosed, locked, labelled]);
  scene.world.errors.clear();
  expect(complianceOf(run, lidClosed)).toBe('NON_COMPLIANT');
  expect(complianceOf(run, labelled)).toBe('COMPLIANT');
  scene.world.box = GOOD;
  await run.observe();
  expect(complianceOf(run, lidClosed)).toBe('COMPLIANT');
  scene.world.errors.set('lid', named('AccessDenied'));
  await run.observe();
  expect(complianceOf(run, lidClosed)).toBeNull();
});

describe('an outcome that is sent to those who follow each of them', () => {
  const followed = () => Object.assign(scene.engine, { sendOutcomes: async () => {} });
  const detected = {
    outcome: 'detected',
    before: 'NON_COMPLIANT',
    after: 'NON_COMPLIANT',
    annotation: 'open',
  } as const;

  test('is later than the one before of its control, though the clock stands; another control has its own time', async () => {
    followed();
    const run = await scene.run([lidClosed, locked]);
    const timeOf = (control: AnyControl) => (run.notice(control, detected).outcome?.time ?? 0) - scene.now();
    expect([timeOf(lidClosed), timeOf(lidClosed), timeOf(locked), timeOf(lidClosed)]).toEqual([0, 1, 0, 2]);
  });

  test('is none where nothing follows them', async () => {
    const run = await scene.run([lidClosed]);
    expect(run.notice(lidClosed, detected).outcome).toBeUndefined();
    expect(run.quietNotice(lidClosed, detected)).toBeNull();
  });
});
