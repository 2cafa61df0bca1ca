import { expect, test } from '@jest/globals';
import { carried, IncompleteAnswerError } from '../../shared/aws/answer.ts';

test.each([[[]], [''], [0], [false], [{}]])('%j is an answer', (value) => {
  expect(carried('GetThing', 'Thing', value)).toBe(value);
});

test.each([undefined, null])('%s is none', (value) => {
  expect(() => carried('GetThing', 'Thing', value)).toThrow(IncompleteAnswerError);
  expect(() => carried('GetThing', 'Thing', value)).toThrow('GetThing answered without Thing');
});
