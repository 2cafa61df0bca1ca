import { describe, expect, test } from '@jest/globals';
import { intendedStep, undoOf } from '../../../shared/engine/run/recorded-step.ts';
import { step } from '../../../shared/step.ts';
import { BoxClient, CloseLidCommand, closeLid, OpenLidCommand } from '../../support/fake-resource.ts';

/** Known before the call is made, so that a run that is cut off leaves what undoes it. */
const UNDO = [{ service: 'box', operation: 'OpenLid', input: {} }];

describe('a step that is intended', () => {
  test('says so, what it changes and what would undo it, and nothing else', () => {
    expect(intendedStep(closeLid())).toEqual({
      service: 'box',
      operation: 'CloseLid',
      input: { force: true },
      elements: ['lid'],
      undo: UNDO,
      status: 'intended',
      requestId: null,
      error: null,
    });
    expect(intendedStep({ ...closeLid(), region: 'us-east-1' })).toMatchObject({ region: 'us-east-1' });
  });

  test('keeps which errors say that its undo is so already', () => {
    const undo = () => [step(BoxClient, OpenLidCommand, {}, { satisfiedBy: ['LidIsOpen'] })];
    expect(intendedStep({ ...closeLid(), undo }).undo).toEqual([{ ...UNDO[0], satisfiedBy: ['LidIsOpen'] }]);
  });
});

describe('the undo of a step', () => {
  test('is built from the answer to its call', () => {
    const undo = (output: object) => [step(BoxClient, OpenLidCommand, output)];
    expect(undoOf({ ...closeLid(), undo }, { id: 'lid-1' })).toEqual({
      undo: [{ ...UNDO[0], input: { id: 'lid-1' } }],
      error: null,
    });
  });

  test('is null where there is none, and where it cannot be built: the call was made all the same', () => {
    expect(undoOf(step(BoxClient, CloseLidCommand, {}), {})).toEqual({ undo: null, error: null });
    const undo = () => {
      throw new Error('no id');
    };
    expect(undoOf({ ...closeLid(), undo }, {})).toEqual({
      undo: null,
      error: 'made, and its undo is not known: no id',
    });
  });
});
