import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { countsOf, groupsOf } from '../../../shared/cli/output/table.ts';
import { lineWidth, wrapped } from '../../../shared/cli/output/wrap.ts';
import type { Outcome } from '../../../shared/result.ts';
import { entry } from '../../support/entries.ts';

const { COLUMNS } = process.env;
afterEach(() => {
  if (COLUMNS === undefined) delete process.env.COLUMNS;
  else process.env.COLUMNS = COLUMNS;
});

describe('how wide a line may be', () => {
  test.each([
    ['40', { isTTY: false, columns: 80 }, 40],
    ['5', { isTTY: true, columns: 80 }, 20],
    ['', { isTTY: true, columns: 60 }, 60],
    ['x', { isTTY: true, columns: 0 }, Number.POSITIVE_INFINITY],
    ['0', { isTTY: false, columns: 60 }, Number.POSITIVE_INFINITY],
  ])('COLUMNS=%s on %j: %d', (columns, stream, width) => {
    process.env.COLUMNS = columns;
    expect(lineWidth(stream as Parameters<typeof lineWidth>[0])).toBe(width);
  });
});

/** Words of every kind: wide, right to left, coloured, longer than a line. */
const word = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'é', '漢', 'ש', '🚀', '-', '/'), minLength: 1, maxLength: 60 }),
  fc.constantFrom('\x1b[1mbold\x1b[22m', 'arn:aws:iam::111122223333:role/a/rather/long/path'),
);

test('no line is wider, later ones hang, and nothing is lost', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), fc.nat(8), fc.nat(4), (words, indent, hanging) => {
      const text = words.join(' ');
      const lines = wrapped(text, indent, hanging, 40);
      for (const [index, line] of lines.entries()) {
        expect(stringWidth(line)).toBeLessThanOrEqual(40);
        expect(line.startsWith(' '.repeat(index === 0 ? indent : indent + hanging))).toBe(true);
      }
      // Colours are closed and opened at a line's end.
      const plain = (one: string) => stripVTControlCharacters(one).replaceAll(/\s/g, '');
      expect(plain(lines.join(''))).toBe(plain(text));
      expect(wrapped(text, indent, hanging, Number.POSITIVE_INFINITY)).toEqual([' '.repeat(indent) + text]);
    }),
  );
});

describe('a report on 40 columns', () => {
  const name = 'שלום-漢字'.repeat(6);
  const entries = [
    entry({}, { name }),
    entry({ severity: 'HIGH' }),
    entry({ controlId: 's3-bucket-encrypted', severity: 'MEDIUM' }),
  ];
  const tally = new Map<Outcome, number>([['detected', 2]]);
  const lines = () => [...groupsOf(entries, { withInputs: true }), ...countsOf(entries, tally)];

  test('each row is stacked, each count a sentence, and all is there', () => {
    process.env.COLUMNS = '40';
    expect(Math.max(...lines().map((line) => stringWidth(line)))).toBeLessThanOrEqual(40);
    expect(lines()).toContain('  ! detected  sg-1');
    expect(lines().join('').replaceAll(' ', '')).toContain(`${name}eu-west-1`);
    expect(lines().join('\n')).toContain('ec2: 1 CRITICAL, 1 HIGH, 2 in all\ns3: 1 MEDIUM, 1 in all');
  });

  test('with room for them, rows are lines', () => {
    process.env.COLUMNS = '200';
    expect(lines()).toContain(`  ! detected  sg-1  ${name}  eu-west-1`);
    expect(lines().join('\n')).toContain('│ service │');
  });
});
