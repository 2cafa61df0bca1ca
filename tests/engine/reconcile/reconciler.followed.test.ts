import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AnyControl } from '../../../shared/control.ts';
import type { OutcomeEvent } from '../../../shared/notify/outcome.ts';
import { policyFrom } from '../../../shared/policy/settings.ts';
import { type Box, GOOD, labelled, lidClosed, World } from '../../support/fake-resource.ts';
import { assertValidOutcome } from '../../support/outcome.ts';
import { KEY, scene as reconcileScene } from '../../support/reconcile-scene.ts';

let made: ReturnType<typeof reconcileScene>;
let sent: OutcomeEvent[];

/** An engine on a box, whose outcomes are followed. */
function followed(box: Partial<Box>, mode: 'detect' | 'remediate' = 'remediate') {
  made = reconcileScene({ world: new World(box), mode });
  Object.assign(made.engine, {
    async sendOutcomes(outcomes: readonly OutcomeEvent[]) {
      outcomes.forEach(assertValidOutcome);
      sent.push(...outcomes);
    },
  });
}
const run = (...controls: AnyControl[]) => made.run(...controls);
const said = () => sent.splice(0).map(({ outcome, isOpen }) => [outcome, isOpen]);
const notified = () => made.notified.splice(0).map(({ result }) => result.outcome);
const exempting = (control: string) =>
  Object.assign(made.engine, {
    policy: {
      ...policyFrom({
        defaults: { mode: 'remediate' },
        exemptions: [{ control, resource: '*', owner: 'ann', reason: 'later', expires: '2026-02-01' }],
      }),
      version: 'v2',
    },
  });
const UNLABELLED = { label: { text: '' } };

beforeEach(() => {
  sent = [];
});

describe('what nobody is notified of is sent all the same', () => {
  test('drift that its owner permits, and its end', async () => {
    followed(UNLABELLED);
    await run(labelled);
    expect([said(), notified()]).toEqual([[['detected', true]], ['detected']]);
    exempting(labelled.id);
    await run(labelled);
    await run(labelled);
    expect([said(), notified()]).toEqual([[['exempted', false]], []]);
    made.world.box = GOOD;
    await run(labelled);
    expect(said()).toEqual([['compliant', false]]);
  });

  test('drift that is gone before anybody was notified of it', async () => {
    followed(UNLABELLED);
    exempting(labelled.id);
    await run(labelled);
    made.world.box = null;
    await run(labelled);
    expect([said(), notified()]).toEqual([
      [
        ['exempted', false],
        ['notApplicable', false],
      ],
      [],
    ]);
  });
});

test('a remediation is sent once, with since when the drift was known', async () => {
  followed({ lid: { open: true } });
  await run(lidClosed);
  const [{ time = '', firstSeen = '', ...outcome } = {}] = sent as Partial<OutcomeEvent>[];
  expect(outcome).toMatchObject({ outcome: 'remediated', isOpen: false, steps: [{ operation: 'CloseLid' }] });
  expect(firstSeen <= time).toBe(true);
  expect(sent).toHaveLength(1);
  await run(lidClosed);
  expect(sent).toHaveLength(1);
});

test('a later outcome of a finding has a later time, also by a clock that is late', async () => {
  followed(UNLABELLED, 'detect');
  await run(labelled);
  made.later(-60_000);
  exempting(labelled.id);
  await run(labelled);
  expect(sent.map(({ outcome }) => outcome)).toEqual(['detected', 'exempted']);
  const [first = '', second = ''] = sent.map(({ time }) => time);
  expect(second > first).toBe(true);
});

test('a resource for which the control is off by its tags is nobody’s finding', async () => {
  followed(UNLABELLED);
  const settingsFor = () => ({ mode: 'off' as const, parameters: {}, why: 'a tag says so' });
  Object.assign(made.engine, { policy: { ...made.engine.policy, settingsFor } });
  await run(labelled);
  expect([said(), notified()]).toEqual([[], []]);
});

test('where nobody follows, the ledger keeps nothing of it', async () => {
  made = reconcileScene({ world: new World(UNLABELLED) });
  exempting(labelled.id);
  await run(labelled);
  const { findings, outbox } = (await made.ledger.load(KEY)).state;
  expect(findings[labelled.id]).toMatchObject({ outcome: 'exempted' });
  expect(findings[labelled.id]).not.toHaveProperty('sentAt');
  expect(outbox).toEqual([]);
});
