import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { fits } from '../../shared/policy/patterns.ts';

describe('fits', () => {
  test.each([
    ['sg-1', 'sg-1', true],
    ['sg-1', 'sg-12', false],
    ['sg-1', 'a sg-1', false],
    ['sg-*', 'sg-', true],
    ['sg-*', 'sg-1', true],
    ['sg-*', 'asg-1', false],
    ['*-logs', 'web-logs', true],
    ['*-logs', 'web-logs-2', false],
    ['arn:aws:s3:::*.example.*', 'arn:aws:s3:::www.example.com', true],
    ['arn:aws:s3:::*.example.*', 'arn:aws:s3:::wwwxexample.com', false],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'a bb cc', true],
    ['a*b*c', 'acb', false],
    ['aba*aba', 'aba', false],
    ['aba*aba', 'ababa', false],
    ['aba*aba', 'abaaba', true],
    ['*', '', true],
    ['*', 'a\nb', true],
    ['**', 'a', true],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
    ['(a|b)+[c]?^${}\\', '(a|b)+[c]?^${}\\', true],
    ['SG-1', 'sg-1', false],
  ])('%s, %s: %s', (pattern, text, answer) => {
    expect(fits(pattern, text)).toBe(answer);
  });

  test('says what a search of every way to split the text would say', () => {
    const slowly = (pattern: string, text: string): boolean => {
      if (pattern === '') return text === '';
      if (pattern[0] !== '*') return pattern[0] === text[0] && slowly(pattern.slice(1), text.slice(1));
      return Array.from({ length: text.length + 1 }, (_, at) => at).some((at) =>
        slowly(pattern.slice(1), text.slice(at)),
      );
    };
    const word = (letters: string) =>
      fc.array(fc.constantFrom(...letters), { maxLength: 7 }).map((all) => all.join(''));
    fc.assert(
      fc.property(word('ab*'), word('ab'), (pattern, text) => {
        expect(fits(pattern, text)).toBe(slowly(pattern, text));
      }),
      { numRuns: 1000 },
    );
  });

  test('searches once for each part of a pattern that makes backtracking exponential', () => {
    const indexOf = jest.spyOn(String.prototype, 'indexOf');
    const split = `${'*a'.repeat(40)}*`;
    const [answer, searches] = [fits(split, 'a'.repeat(2000)), indexOf.mock.calls.length];
    const [refused, more] = [fits(split, 'a'.repeat(39)), indexOf.mock.calls.length - searches];
    indexOf.mockRestore();
    expect([answer, refused]).toEqual([true, false]);
    expect([searches, more]).toEqual([40, 40]);
  });
});
