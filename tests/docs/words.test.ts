import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';

// CONTRIBUTING, "Words": what users read says remediated, notified, error, remedy, evaluated.
const FORBIDDEN =
  /\b(told|troubles?|mends?|mended|put right|anew|(takes?|taken|took) back|approval wanted|not well|looked at)\b/gi;

const read = (file: string) => readFileSync(ROOT + file, 'utf8');
const found = (text: string) => text.match(FORBIDDEN) ?? [];

// What was decided stays as it was written.
const pages = globSync(['*.md', 'docs/**/*.md', '.github/**/*.md'], { cwd: ROOT, exclude: ['docs/decisions/**'] });

test.each(pages.filter((page) => page !== 'CHANGELOG.md').sort())('%s uses the words of the field', (page) => {
  // The line that names what not to say.
  expect(found(read(page).replace(/^Say "remediated".*$/m, ''))).toEqual([]);
});

/** The texts of a source: what stands in quotes, outside of comments. */
const textsIn = (source: string) =>
  [...source.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '').matchAll(/(['`"])((?:\\.|(?!\1).)*)\1/gs)].map(
    ([, , text]) => text ?? '',
  );

test('what the command, the functions and the notifications say uses the words of the field', () => {
  const sources = globSync('shared/**/*.ts', { cwd: ROOT });
  expect(sources.length).toBeGreaterThan(400);
  const said = sources.flatMap((file) => textsIn(read(file)).map((text) => ({ file, words: found(text), text })));
  expect(said.filter(({ words }) => words.length > 0)).toEqual([]);
});
