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
  expect(twice.withoutStatements(twice.statements)).toBeNull();
  expect(policyText('{"Version":"2012-10-17"}').withStatement(added)).toBeNull();
});

describe('statements are removed and every other byte stays', () => {
  test.each([
    ['the first', '{"Statement":[', '{"Sid":"a"} , ', '{"Sid":"b","n":1e2}', '', ' ]}', ['a']],
    ['the last', '{"Statement":[ ', '', '{"Sid":"b"}', ',\n{"Sid":"a"}', '\n]}', ['a']],
    [
      'both sides of one',
      '{"Statement":[\n  ',
      '{"Sid":"a"},\n  ',
      '{"Sid":"b"}',
      ',\n  {"Sid":"c"}',
      '\n]}',
      ['a', 'c'],
    ],
    ['none', '{"Statement":[ ', '', '{"Sid":"b"} , {"Sid":"c"}', '', ' ]}', []],
    ['all', '{"Statement":[ ', '{"Sid":"a"}, {"Sid":"b"}', '', '', ' ],"Id":"x"}', ['a', 'b']],
    ['a single bare one', '{"Statement": ', '{"Sid":"a"}', '[]', '', ' }', ['a']],
  ])('%s', (_, head, first, kept, last, tail, sids) => {
    const before = _ === 'a single bare one' ? head + first + tail : head + first + kept + last + tail;
    const policy = policyText(before);
    const removed = policy.statements.filter(({ Sid }) => sids.includes(Sid ?? ''));
    expect(removed).toHaveLength(sids.length);
    expect(policy.withoutStatements(removed)).toBe(head + kept + tail);
  });

  test('what stands between two that stay is what stood before the second', () => {
    const policy = policyText('{"Statement":[{"Sid":"a"},  {"Sid":"b"},\n\n{"Sid":"c"}]}');
    expect(policy.withoutStatements(policy.statements.slice(1, 2))).toBe('{"Statement":[{"Sid":"a"},\n\n{"Sid":"c"}]}');
  });

  test('statements of another text are not its own', () => {
    const policy = policyText('{"Statement":[{"Sid":"a"}]}');
    expect(policy.withoutStatements([{ Sid: 'a' }])).toBe(policy.text);
  });
});

describe('a principal is replaced and every other byte stays', () => {
  const NEW_ROOT = { AWS: 'arn:aws:iam::111122223333:root' };
  const replaced = (text: string) => {
    const policy = policyText(text);
    const [statement = {}] = policy.statements;
    return policy.withPrincipal(statement, NEW_ROOT);
  };

  test.each([
    ['a text', '{ "Statement" : [ {"Sid":"a", "Principal" :  @ , "n":9007199254740993} ] }', '"*"'],
    ['an object, in small letters', '{"statement":{"principal":@}}', '{"AWS": ["*", "444455556666"]}'],
  ])('%s', (_, marked, before) => {
    expect(replaced(marked.replace('@', before))).toBe(marked.replace('@', JSON.stringify(NEW_ROOT)));
  });

  test.each([
    ['there is none', '{"Statement":[{"NotPrincipal":"*"}]}'],
    ['it stands twice', '{"Statement":[{"Principal":"*","principal":"*"}]}'],
    ['there are two lists', '{"Statement":[{"Principal":"*"}],"Statement":[]}'],
  ])('not where %s', (_, text) => expect(replaced(text)).toBeNull());
});

test('refuses what is not a JSON object', () => {
  expect(() => policyText('[]')).toThrow('not a JSON object');
  expect(() => policyText('{"Statement":[],}')).toThrow();
});
