import { expect, test } from '@jest/globals';
import { defaultParameters } from '../../shared/policy/defaults.ts';
import { lidClosed } from '../support/fake-resource.ts';

test('a control brings the defaults of its parameters', () => {
  expect(defaultParameters(lidClosed)).toEqual({ depth: 1 });
});

test('a detection, which has no parameters, brings none', () => {
  expect(defaultParameters({})).toEqual({});
});
