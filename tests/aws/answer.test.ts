import { expect, test } from '@jest/globals';
import { carried, IncompleteAnswerError, successful } from '../../shared/aws/answer.ts';

test.each([[[]], [''], [0], [false], [{}]])('%j is an answer', (value) => {
  expect(carried('GetThing', 'Thing', value)).toBe(value);
});

test.each([undefined, null])('%s is none', (value) => {
  expect(() => carried('GetThing', 'Thing', value)).toThrow(IncompleteAnswerError);
  expect(() => carried('GetThing', 'Thing', value)).toThrow('GetThing answered without Thing');
});

test.each([{}, { Unsuccessful: [] }, { Return: true }])('%j says that the call was made', (answer) => {
  expect(successful(answer)).toBe(answer);
});

test('a call that EC2 lists as unsuccessful was refused, by the name that it gives', () => {
  const said = { Code: 'FlowLogAlreadyExists', Message: 'There is one.' };
  const refused = () => successful({ Unsuccessful: [{ ResourceId: 'vpc-1', Error: said }] });
  expect(refused).toThrow(
    expect.objectContaining({
      name: said.Code,
      message: said.Message,
      $metadata: { httpStatusCode: 400, attempts: 1 },
    }),
  );
  expect(() => successful({ Unsuccessful: [{ ResourceId: 'vpc-1' }] })).toThrow('not why');
});
