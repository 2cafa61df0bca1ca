import { describe, expect, test } from '@jest/globals';
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

  test('takes no time for a pattern that is made to take some', () => {
    const before = performance.now();
    expect(fits(`${'*a'.repeat(40)}*b`, 'a'.repeat(2000))).toBe(false);
    expect(performance.now() - before).toBeLessThan(1000);
  });
});
