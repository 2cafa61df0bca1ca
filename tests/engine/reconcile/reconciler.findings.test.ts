import { describe, expect, test } from '@jest/globals';
import { type AnyControl, type Mode, nonCompliant } from '../../../shared/control.ts';
import type { Result } from '../../../shared/result.ts';
import { GOOD, labelled, lidClosed, named, World } from '../../support/fake-resource.ts';
import { KEY, OPEN, scene } from '../../support/reconcile-scene.ts';

describe('findings', () => {
  const drifted = () => scene({ world: new World({ label: { text: '' } }) });
  const findingsOf = async ({ ledger }: ReturnType<typeof scene>) => (await ledger.load(KEY)).state.findings;

  test('are notified once, cost nothing while nothing changes, and are closed when the drift is gone', async () => {
    const made = drifted();
    const { world, run, notified } = made;
    await run(labelled);
    const { 'box-labelled': opened } = await findingsOf(made);
    expect(opened).toMatchObject({ severity: 'LOW', outcome: 'detected', annotation: 'There is no label.' });
    expect(opened?.lastSeen).toBe(opened?.firstSeen);
    world.log.length = 0;
    await run(labelled);
    await run(labelled);
    expect(world.log.filter((line) => line.startsWith('ledger write lease'))).toHaveLength(2);
    expect(notified).toHaveLength(1);
    expect(await findingsOf(made)).toEqual({ 'box-labelled': opened });

    world.box = GOOD;
    expect(await run(labelled)).toMatchObject([{ outcome: 'compliant' }]);
    expect(await findingsOf(made)).toEqual({});
    // And once that it is over.
    expect(notified.map(({ result }) => result.outcome)).toEqual(['detected', 'compliant']);
    expect(notified[1]?.was).toBe(notified[0]?.result.annotation);
  });

  test('in mode detect write nothing while nothing changes', async () => {
    const { world, run } = scene({ world: new World(OPEN), mode: 'detect' });
    await run(lidClosed);
    world.log.length = 0;
    await run(lidClosed);
    expect(world.log).toEqual(['read lid', 'ledger load', 'ledger shared']);
  });

  test('are notified again when the drift comes back', async () => {
    const made = drifted();
    const { world, run, notified } = made;
    await run(labelled);
    world.box = GOOD;
    await run(labelled);
    world.box = { ...GOOD, label: { text: '' } };
    await run(labelled);
    expect(notified.map(({ result }) => result.outcome)).toEqual(['detected', 'compliant', 'detected']);
    expect(Object.keys(await findingsOf(made))).toEqual(['box-labelled']);
  });

  test('of one fingerprint are the same, whatever the sentence says', async () => {
    let days = 91;
    const aging: AnyControl = { ...labelled, evaluate: () => nonCompliant(`${days} days old`, 'old') };
    const made = scene();
    await made.run(aging);
    days = 92;
    await made.run(aging);
    expect(made.notified.map(({ result }) => result.annotation)).toEqual(['91 days old']);
    expect(await findingsOf(made)).toMatchObject({ 'box-labelled': { annotation: '92 days old' } });
  });

  test('are notified again when what is wrong has changed', async () => {
    let what = 'one thing';
    const fickle: AnyControl = { ...labelled, evaluate: () => nonCompliant(what) };
    const { run, notified } = scene();
    await run(fickle);
    what = 'another';
    await run(fickle);
    await run(fickle);
    expect(notified.map(({ result }) => result.annotation)).toEqual(['one thing', 'another']);
  });

  test('are closed when the resource is gone, and when it is put right', async () => {
    const { world, run, ledger } = drifted();
    await run(labelled);
    world.box = null;
    await run(labelled);
    expect((await ledger.load(KEY)).state.findings).toEqual({});

    const modes: Record<string, Mode> = { 'box-lid-closed': 'detect' };
    const other = scene({ world: new World(OPEN), modes });
    await other.run(lidClosed);
    modes['box-lid-closed'] = 'remediate';
    await other.run(lidClosed);
    expect(await findingsOf(other)).toEqual({});
    expect(other.notified.map(({ result }) => result.outcome)).toEqual(['detected', 'remediated']);
  });

  test('that could not be published wait in the outbox, and the next look publishes them', async () => {
    let down = true;
    const notified: string[] = [];
    const notifier = {
      async notify({ result }: { result: Result }) {
        if (down) throw named('TopicDown');
        notified.push(result.outcome);
      },
      async announce() {},
    };
    const { run, ledger } = scene({ world: new World({ label: { text: '' } }), notifier });
    expect(await run(labelled)).toMatchObject([
      {
        outcome: 'failed',
        before: 'NON_COMPLIANT',
        annotation: 'There is no label.',
        error: 'detected, but not notified: TopicDown: TopicDown happened',
      },
    ]);
    expect((await ledger.load(KEY)).state.outbox).toHaveLength(1);
    down = false;
    await run(labelled);
    await run(labelled);
    expect(notified).toEqual(['detected']);
    expect((await ledger.load(KEY)).state.outbox).toEqual([]);
  });
});

test('a remediation that nobody could be told of is on record as remediated, and asks for a retry', async () => {
  const notifier = {
    async notify() {
      throw named('TopicDown');
    },
    async announce() {},
  };
  const { world, run, kept } = scene({ world: new World(OPEN), notifier });
  const [result] = await run(lidClosed);
  expect(result).toMatchObject({
    outcome: 'failed',
    before: 'NON_COMPLIANT',
    after: 'COMPLIANT',
    error: expect.stringMatching(/remediated, but not notified: TopicDown/),
  });
  expect(kept()).toMatchObject([{ id: result?.remediationId, status: 'remediated', afterCompliance: 'COMPLIANT' }]);
  expect(world.box).toEqual(GOOD);
});
