import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from '../scripts/catalogue.ts';

/** How many items each kind of fault has; those that are one text count once. */
const ITEMS: Readonly<Record<string, number>> = {
  ...{ A: 3, B: 7, C: 2, D: 6, E: 4, F: 5, G: 5, H: 0, I: 5, J: 4, K: 0, L: 9, M: 0, N: 4 },
};
const ids = Object.entries(ITEMS).flatMap(([kind, count]) =>
  count === 0 ? [kind] : Array.from({ length: count }, (_, index) => `${kind}${index + 1}`),
);

const rows = readFileSync(`${ROOT}tests/faults.md`, 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, id = '', fault = '', heldBy = ''] = /^\| ([A-N]\d?) \| (.+?) \| (.+) \|$/.exec(line) ?? [];
    return id === '' ? [] : [{ id, fault, heldBy }];
  });
/** `tests/x.test.ts: "one", "another"; tests/y.test.ts` */
const REFERENCE = /(?:tests|bench|docs)\/[\w./-]+\.(?:ts|md)|"[^"]+"/g;

test('every item has a test', () => {
  expect(ids.filter((id) => !rows.some((row) => row.id === id))).toEqual([]);
});

describe.each(rows)('$id: $fault', ({ heldBy }) => {
  test('is held by tests that are there', () => {
    const references = heldBy.match(REFERENCE) ?? [];
    expect(references[0]).toMatch(/^tests\//);
    let source = '';
    for (const reference of references)
      if (reference.startsWith('"')) expect(source).toContain(reference.slice(1, -1).replaceAll("'", '’'));
      else source = readFileSync(ROOT + reference, 'utf8').replaceAll(/\\?'/g, '’');
  });
});
