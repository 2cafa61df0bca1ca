import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';

const PAGE = readFileSync(`${ROOT}docs/architecture.md`, 'utf8');
const FILE = /`((?:bin|functions|resources|scripts|shared|tests)\/[\w./-]*\w)\/?`/g;
const filesIn = (text: string): readonly string[] => [...text.matchAll(FILE)].map(([, file]) => file ?? '');

/** The numbered lists of the page, each with its title and the files of its items in their order. */
const lists = PAGE.split(/^## /m).flatMap((section) => {
  const [title = ''] = section.split('\n');
  return [...section.matchAll(/(?:^\d+\. .*\n)+/gm)].map(
    ([list], index) => [`${title} (${index + 1})`, filesIn(list)] as const,
  );
});

/** The files of the tree that a file imports. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(ROOT + file, 'utf8');
  return [...text.matchAll(/(?:from |import\(|import )'(\.[^']+)'/g)].map(([, from]) =>
    normalize(join(dirname(file), from ?? '')),
  );
}

describe('docs/architecture.md', () => {
  test.each([...new Set(filesIn(PAGE))])('%s exists', (file) => {
    expect(existsSync(ROOT + file)).toBe(true);
  });

  test('has the four ways', () => {
    expect(PAGE.match(/^## .*/gm)).toEqual(
      ['event', 'sweep', 'undo', 'notification'].map(
        (one) => `## The way of a${one === 'sweep' || one === 'notification' ? '' : 'n'} ${one}`,
      ),
    );
    expect(lists.length).toBeGreaterThan(6);
  });

  test.each(lists)('%s: each file is imported by one before it', (_, files) => {
    const astray = files.filter(
      (file, index) => index > 0 && !files.slice(0, index).some((before) => importsOf(before).includes(file)),
    );
    expect(astray).toEqual([]);
  });
});
