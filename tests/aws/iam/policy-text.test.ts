import { describe, expect, test } from '@jest/globals';
import { policyText } from '../../../shared/aws/iam/policy-text.ts';

const added = { Sid: 'New', Effect: 'Deny' };
const NEW = JSON.stringify(added);

describe('a statement is added and every other byte stays', () => {
  test.each([
    ['to a list', '{"Statement":[{"Sid":"a"}@]}', `,${NEW}`],
    ['to an empty list', '{"Statement":[ @],"Id":"x"}', NEW],
    [
      'to a list in lines',
      '{\n\t"Statement": [\n\t\t{}@\n\t]\n}',
      ',\n\t\t{\n\t\t  "Sid": "New",\n\t\t  "Effect": "Deny"\n\t\t}',
    ],
    ['beside text that looks like a list', '{"Id":"\\"Statement\\":[]","Statement":[{"Sid":"]"}@ ]}', `,${NEW}`],
  ])('%s', (_, marked, inserted) => {
    expect(policyText(marked.replace('@', '')).withStatement(added)).toBe(marked.replace('@', () => inserted));
  });

  test('to a single bare one', () => {
    expect(policyText('{ "Statement" : {"Sid":"a"} }').withStatement(added)).toBe(
      `{ "Statement" : [{"Sid":"a"},${NEW}] }`,
    );
  });
});

test('says that a statement is ambiguous where a key stands twice in it, at any depth', () => {
  const read = policyText('{"Statement":[{"A":{"B":1,"B":2}},{"A":{"B":1},"C":{"B":1}}]}');
  expect(read.statements.map(read.isUnambiguous)).toEqual([false, true]);
});

test('adds nothing where the statements are not one list, and takes none of them for certain', () => {
  const twice = policyText('{"Statement":[{"Sid":"a"}],"Statement":[{"Sid":"b"}]}');
  expect(twice.statements).toHaveLength(2);
  expect(twice.statements.map(twice.isUnambiguous)).toEqual([false, false]);
  expect(twice.withStatement(added)).toBeNull();
  expect(policyText('{"Version":"2012-10-17"}').withStatement(added)).toBeNull();
});

test('refuses what is not a JSON object', () => {
  expect(() => policyText('[]')).toThrow('not a JSON object');
  expect(() => policyText('{"Statement":[],}')).toThrow();
});
