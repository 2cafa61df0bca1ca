import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';

const read = (file: string) => readFileSync(ROOT + file, 'utf8');
const PAGES = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('docs/**/*.md', { cwd: ROOT })];
const MAP = 'docs/README.md';

/** A page without what is code, where brackets are no links. */
const prose = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, 'code');

/** The links of a page into the repository: the file, from the root, and the heading. */
const linksOf = (page: string) =>
  [...prose(read(page)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^(https?|mailto):/.test(link))
    .map((link) => {
      const [path = '', heading] = link.split('#');
      return { link, file: path === '' ? page : normalize(join(dirname(page), path)), heading };
    });

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string) =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('every link resolves', () => {
  test.each(PAGES.map((page) => [page]))('%s', (page) => {
    const dead = linksOf(page).filter(
      ({ file, heading }) =>
        !existsSync(ROOT + file) ||
        (heading !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(heading)),
    );
    expect(dead.map(({ link }) => link)).toEqual([]);
  });
});

test('the map has every page of docs/ once, and README leads to it', () => {
  const named = linksOf(MAP).map(({ file }) => file);
  // The pages of single controls and decisions are reached by their indexes.
  const pages = globSync('docs/*.{md,json}', { cwd: ROOT }).filter((page) => page !== MAP);
  const indexes = globSync(['docs/decisions/README.md', 'docs/controls/{README,by-*}.md'], { cwd: ROOT });
  const missing = [...pages, ...indexes].filter((page) => !named.includes(page));
  expect(missing).toEqual([]);
  expect(named.filter((file, index) => file !== 'README.md' && named.indexOf(file) !== index)).toEqual([]);
  expect(linksOf('README.md').map(({ file }) => file)).toContain(MAP);
});

test('the first screen of README has a quick start of five lines and a picture; the two commands are whole lines', () => {
  const [, quick = ''] = /^## Quick start\n\n```\n([\s\S]*?)\n```/m.exec(read('README.md')) ?? [];
  expect(quick.split('\n')).toHaveLength(5);
  const lines = read('README.md').split('\n');
  expect(lines.findIndex((line) => line.startsWith('!['))).toBeLessThan(20);
  for (const command of ['npm ci && npm run demo', 'npm ci && npm test'])
    expect(lines.some((line) => line.startsWith(`${command} `))).toBe(true);
});
