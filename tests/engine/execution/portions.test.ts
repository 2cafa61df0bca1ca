import { expect, test } from '@jest/globals';
import { portionsOf } from '../../../shared/engine/execution/portions.ts';
import { step } from '../../../shared/step.ts';
import { BoxClient, TurnKeyCommand } from '../../support/fake-resource.ts';

const stepOf = (bytes: number) => step(BoxClient, TurnKeyCommand, { text: 'x'.repeat(bytes) });

test('steps that fit into one record stay together', () => {
  const steps = [stepOf(1000), stepOf(1000)];
  expect(portionsOf(steps)).toEqual([steps]);
  expect(portionsOf([])).toEqual([]);
});

test('more steps than a record holds are portioned in their order, at least one each', () => {
  const steps = [stepOf(40_000), stepOf(20_000), stepOf(40_000), stepOf(500_000), stepOf(10)];
  expect(portionsOf(steps).map((portion) => portion.length)).toEqual([2, 1, 1, 1]);
  expect(portionsOf(steps).flat()).toEqual(steps);
});
