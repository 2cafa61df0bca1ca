import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalPattern } from '../../../shared/aws/logs/filter-pattern.ts';

const CANONICAL = '($.eventName = "CreateVpc" || $.eventName = "DeleteVpc")';

describe('canonicalPattern', () => {
  test.each([
    '{ ($.eventName = CreateVpc) || ($.eventName = DeleteVpc) }',
    '{$.eventName=DeleteVpc||$.eventName=CreateVpc}',
    '  {\n(($.eventName = "CreateVpc"))||(($.eventName = DeleteVpc) || ($.eventName = "CreateVpc"))\n}  ',
  ])('takes %j for one and the same', (text) => expect(canonicalPattern(text)).toBe(CANONICAL));

  test.each([
    ['a further condition', '{ ($.eventName = CreateVpc) || ($.eventName = DeleteVpc) || ($.eventName = ModifyVpc) }'],
    ['a condition less', '{ $.eventName = CreateVpc }'],
    ['another sign', '{ ($.eventName = CreateVpc) && ($.eventName = DeleteVpc) }'],
    ['another comparison', '{ ($.eventName != CreateVpc) || ($.eventName = DeleteVpc) }'],
    ['a value in another case', '{ ($.eventName = createVpc) || ($.eventName = DeleteVpc) }'],
    ['a field in another case, which selects nothing', '{ ($.EventName = CreateVpc) || ($.eventName = DeleteVpc) }'],
    ['a wildcard', '{ ($.eventName = CreateVpc*) || ($.eventName = DeleteVpc) }'],
  ])('tells %s apart', (_, text) => {
    expect(canonicalPattern(text)).not.toBeNull();
    expect(canonicalPattern(text)).not.toBe(CANONICAL);
  });

  test('&& binds more tightly than ||, and parentheses that matter stay', () => {
    expect(canonicalPattern('{ $.a = x || $.b = y && $.c = z }')).toBe(
      canonicalPattern('{ $.a = x || ($.b = y && $.c = z) }'),
    );
    expect(canonicalPattern('{ ($.a = x || $.b = y) && $.c = z }')).toBe('($.c = "z" && ($.a = "x" || $.b = "y"))');
  });

  test('reads what has no value, numbers as numbers, and keeps what is in quotation marks as text', () => {
    expect(canonicalPattern('{ $.users[0].id not exists }')).toBe('$.users[0].id NOT EXISTS');
    expect(canonicalPattern('{ $.a IS TRUE }')).toBe('$.a IS TRUE');
    expect(canonicalPattern('{ $.a >= 1.5 }')).toBe('$.a >= 1.5');
    expect(canonicalPattern('{ $.a = "1.5" }')).toBe('$.a = "1.5"');
    expect(canonicalPattern('{ $.a = "x && (y" }')).toBe('$.a = "x && (y"');
  });

  test.each([
    '',
    'ERROR',
    '[ip, user, request]',
    '{}',
    '{ $.a }',
    '{ $.a = }',
    '{ $.a = 1',
    '{ $.a = 1 } }',
    '{ ($.a = 1 }',
    '{ $.a = 1 || }',
    '{ $.a SOUNDS LIKE }',
    '{ $.a ( 1 }',
    '{ $.a = %Create.*% }',
    '{ $.a = "open }',
    '{ a = 1 }',
  ])('does not understand %j', (text) => expect(canonicalPattern(text)).toBeNull());

  test('order, blanks, repetition and parentheses never matter', () => {
    const name = fc.constantFrom('CreateVpc', 'DeleteVpc', 'CreateTrail', 'StopLogging');
    const names = fc.array(name, { minLength: 1, maxLength: 6 });
    const blank = fc.constantFrom('', ' ', '\n  ');
    fc.assert(
      fc.property(names, fc.constantFrom('||', '&&'), blank, fc.boolean(), (all, sign, gap, isWrapped) => {
        const condition = (one: string) => (isWrapped ? `(($.n${gap}=${gap}"${one}"))` : `$.n=${one}`);
        const written = `{${gap}${[...all, ...all].toReversed().map(condition).join(`${gap}${sign}${gap}`)}${gap}}`;
        const plain = `{ ${[...new Set(all)]
          .toSorted()
          .map((one) => `($.n = ${one})`)
          .join(` ${sign} `)} }`;
        expect(canonicalPattern(written)).toBe(canonicalPattern(plain));
        expect(canonicalPattern(written)).not.toBeNull();
      }),
    );
  });

  test('throws for no text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => expect(typeof (canonicalPattern(`{ $.a = ${text} }`) ?? '')).toBe('string')),
    );
  });
});
