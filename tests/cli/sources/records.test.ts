import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LogRecords } from '../../../shared/cli/sources/records.ts';

/** What is read of a text that comes in chunks of this size. */
function read(text: string | Uint8Array, { size = 7, isLines = false } = {}) {
  const bytes = Buffer.from(text as never);
  const records = new LogRecords(isLines);
  const entries = [];
  for (let at = 0; at < bytes.length; at += size) entries.push(...records.push(bytes.subarray(at, at + size)));
  return [...entries, ...records.end()];
}
const values = (...all: Parameters<typeof read>) =>
  read(...all).map((entry) => ('value' in entry ? entry.value : `${entry.where}: ${entry.error}`));

/** Any JSON, and texts that look like its brackets. */
const json = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'é', '😀') }),
);
const record = fc.dictionary(fc.string({ maxLength: 5 }), json).map((one) => ({ eventName: 'x', ...one }));
const records = fc.array(record, { minLength: 1, maxLength: 6 });
const size = fc.integer({ min: 1, max: 40 });
const spaces = fc.constantFrom(undefined, 1, '\t');

describe('whatever the records hold, and wherever a chunk ends, each is read as it was written', () => {
  const shapes: Readonly<Record<string, (all: readonly object[], space?: string | number) => string>> = {
    'a file of CloudTrail': (Records, space) => JSON.stringify({ Records }, null, space),
    'the output of lookup-events, with more around the list': (Events, space) =>
      JSON.stringify(
        { NextToken: '"Records":[', more: { Records: [1] }, Events, after: [{ a: ']' }, 'x'] },
        null,
        space,
      ),
    'an array': (all, space) => JSON.stringify(all, null, space),
    'one after the other': (all, space) => all.map((one) => JSON.stringify(one, null, space)).join('\n'),
    lines: (all) => all.map((one) => `${JSON.stringify(one)}\r\n`).join('\n'),
    'files one after the other': (all) => all.map((one) => JSON.stringify({ Records: [one] })).join('\n'),
  };
  test.each(Object.entries(shapes))('%s', (_name, write) => {
    fc.assert(
      fc.property(records, size, spaces, (all, size, space) => {
        expect(values(write(all, space), { size })).toEqual(JSON.parse(JSON.stringify(all)));
      }),
    );
  });

  test('lines, as the name of the file says', () => {
    fc.assert(
      fc.property(records, size, (all, size) => {
        expect(values(shapes.lines?.(all) ?? '', { size, isLines: true })).toEqual(JSON.parse(JSON.stringify(all)));
      }),
    );
  });
});

describe('what is wrong is an error in its place, and the rest goes on', () => {
  const good = '{"eventName":"x"}';
  test.each([
    ['nothing', '', false, [': empty']],
    ['nothing but space', ' \n\t\r\n', true, [': empty']],
    ['no records', '{"Records": [ ]}', false, []],
    ['values of other kinds', 'null\n42\n"x{"\n{}\n[null]\n', true, [null, 42, 'x{', {}, null]],
    ['a byte order mark', `\uFEFF${good}`, false, [{ eventName: 'x' }]],
    [
      'a broken line',
      `${good}\n{broken\n\n${good}\n`,
      true,
      [{ eventName: 'x' }, expect.stringMatching(/^line 2: not JSON/), { eventName: 'x' }],
    ],
    [
      'a broken line after one that is whole',
      `${good}\n{"a":"b\n${good}\n`,
      false,
      [{ eventName: 'x' }, expect.stringMatching(/^line 2: not JSON/), { eventName: 'x' }],
    ],
    [
      'a record that is no JSON',
      `{"Records":[${good},{bad},${good}]}`,
      false,
      [{ eventName: 'x' }, expect.stringMatching(/^record 2: not JSON/), { eventName: 'x' }],
    ],
    [
      'words among records',
      `[${good}, garbage, 'x', NaN,${good},\n// more\n ${good}]`,
      false,
      [
        { eventName: 'x' },
        ...['2', '3', '4'].map((at) => expect.stringMatching(new RegExp(`^record ${at}: not JSON`))),
        { eventName: 'x' },
        ...['6', '7'].map((at) => expect.stringMatching(new RegExp(`^record ${at}: not JSON`))),
        { eventName: 'x' },
      ],
    ],
    [
      'files with a byte order mark, one after the other',
      `\uFEFF${good}\n\uFEFF${good}\n`,
      true,
      [{ eventName: 'x' }, { eventName: 'x' }],
    ],
    [
      'cut off in a record',
      `{"Records":[${good},{"eventName":"y`,
      false,
      [{ eventName: 'x' }, expect.stringContaining('it is cut off')],
    ],
    ['cut off after one', `{"Records":[${good}`, false, [{ eventName: 'x' }, expect.stringContaining('it is cut off')]],
    [
      'brackets that do not fit',
      `{"Records":[${good}}, ${good}`,
      false,
      [{ eventName: 'x' }, expect.stringContaining('not JSON: unexpected "}"')],
    ],
    [
      'a table instead of JSON',
      '---------\n|  Look |\n',
      false,
      [expect.stringContaining('not JSON'), expect.stringContaining('not JSON')],
    ],
  ])('%s', (_name, text, isLines, expected) => {
    for (const size of [1, 3, 1000]) expect(values(text, { size, isLines })).toEqual(expected);
  });

  test('a record that never ends is given up, and not held', () => {
    const records = new LogRecords();
    const entries = [...records.push(Buffer.from('{"Records":[{"a":"'))];
    for (let sent = 0; sent < 100; sent += 1) entries.push(...records.push(Buffer.alloc(65_536, 'x')));
    expect([...entries, ...records.end()]).toEqual([
      { where: 'record 1', error: expect.stringContaining('more than 4 MB') },
    ]);
  });
});

test('no bytes at all make it throw, or say something of what is not there', () => {
  const bytes = fc.array(fc.constantFrom(...Buffer.from('{}[]",:\\\n "Records" 1x'), 0xff), { maxLength: 60 });
  fc.assert(
    fc.property(bytes, size, fc.boolean(), (all, size, isLines) => {
      const whole = read(Uint8Array.from(all), { size: 1000, isLines });
      expect(read(Uint8Array.from(all), { size, isLines })).toEqual(whole);
      expect(whole.length).toBeLessThanOrEqual(all.length + 1);
    }),
    { numRuns: 2000 },
  );
});
