import { expect, test } from '@jest/globals';
import { carried, IncompleteAnswerError, sole, successful } from '../../shared/aws/answer.ts';
import { Gone } from '../../shared/resource.ts';

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

test('the one that was asked for is found by its id', () => {
  const asked = { VolumeId: 'vol-1', Size: 1 };
  expect(sole('EC2', [{ VolumeId: 'vol-0', Size: 0 }, asked], 'VolumeId', 'vol-1')).toBe(asked);
});

test('an empty list says that it is gone', () => {
  expect(() => sole<{ VolumeId?: string }>('EC2', [], 'VolumeId', 'vol-1')).toThrow(Gone);
});

test.each([
  ['no list', undefined],
  ['a list of others', [{ VolumeId: 'vol-0' }]],
  ['a list of nothing known', [{}]],
])('%s says nothing', (_name, found) => {
  expect(() => sole<{ VolumeId?: string }>('EC2', found, 'VolumeId', 'vol-1')).toThrow(
    expect.objectContaining({ name: 'IncompleteAnswerError', message: expect.stringContaining('vol-1') }),
  );
});
