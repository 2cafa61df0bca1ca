import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextStep, type Situation } from '../../../shared/cli/report/next-step.ts';
import { BREAKER_OPEN } from '../../../shared/engine/execution/circuit-breaker.ts';
import type { Finding } from '../../../shared/ledger/records.ts';
import { OUTCOMES } from '../../../shared/result.ts';
import { CONTROLS, controlAt, openFinding } from '../../support/report-fixture.ts';

const control = controlAt(0);
const ONLY = `--control ${control.id}`;
const NOTHING: Situation = { control, awaiting: null, pauses: [], flags: '' };
const pause = { reason: 'freeze', by: 'ann', at: '2026-11-26T00:00:00Z' };
const step = (finding: Partial<Finding>, situation: Partial<Situation> = {}) =>
  nextStep(openFinding(control, 'sg 1', finding), { ...NOTHING, ...situation });

test.each<[string, Partial<Finding>, Partial<Situation>, string]>([
  ['detected', { outcome: 'detected' }, {}, `sweep ${ONLY}`],
  ['blocked', { outcome: 'blocked' }, {}, `sweep ${ONLY} --mode remediate`],
  ['failed', { outcome: 'failed' }, {}, `sweep ${ONLY} --mode remediate`],
  ['pending', { outcome: 'pending' }, {}, `sweep ${ONLY} --mode remediate`],
  ['exempt', { outcome: 'exempted' }, {}, `exempt --list ${ONLY}`],
  ['awaiting', { outcome: 'awaitingApproval' }, { awaiting: { id: 'rem-1', expires: null } }, 'approve rem-1'],
  ['awaiting, its record gone', { outcome: 'awaitingApproval' }, {}, `sweep ${ONLY} --mode remediate`],
  ['flapping', { outcome: 'halted' }, {}, `resume ${ONLY} --resource 'sg 1' --look`],
  ['paused', { outcome: 'halted' }, { pauses: [{ ...pause, control: control.id }] }, `resume ${ONLY} --look`],
  ['all paused', { outcome: 'halted' }, { pauses: [{ ...pause, control: null }] }, 'resume --look'],
  [
    'stopped by the breaker',
    { outcome: 'halted', annotation: `${BREAKER_OPEN}: 50 remediations.` },
    { pauses: [{ ...pause, control: 'another' }] },
    `resume --breaker ${ONLY} --look`,
  ],
])('%s: the exact command, with the flags of the run', (_, finding, situation, command) => {
  expect(step(finding, situation).command).toBe(`npx evenkeel ${command}`);
  expect(step(finding, { ...situation, flags: ' --stack mine' }).command).toBe(`npx evenkeel ${command} --stack mine`);
});

test('says who refuses, and until when a plan may be approved', () => {
  const blocked = { by: 'an SCP denies it', facets: '', version: '', recordId: null };
  expect(step({ outcome: 'blocked', blocked }).text).toMatch(/^an SCP denies it; /);
  const awaiting = { id: 'rem-1', expires: '2026-11-28T12:00:00.000Z' };
  expect(step({ outcome: 'awaitingApproval' }, { awaiting }).text).toContain('until 2026-11-28 12:00 UTC');
});

test('a detection has no command: its guidance says what a person does', () => {
  const detection = CONTROLS.find(({ isDetection }) => isDetection) ?? control;
  expect(nextStep(openFinding(detection, 'x'), { ...NOTHING, control: detection })).toEqual({
    text: detection.guidance,
    command: null,
  });
});

test('every outcome of any resource has a step whose command is one line, and quotes what strangers chose', () => {
  fc.assert(
    fc.property(fc.constantFrom(...OUTCOMES), fc.string({ unit: 'binary', minLength: 1 }), (outcome, id) => {
      const { text, command } = nextStep(openFinding(control, id, { outcome }), NOTHING);
      expect(text).not.toBe('');
      expect(command ?? '').not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
});
