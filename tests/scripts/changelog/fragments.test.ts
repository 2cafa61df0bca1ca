import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ROOT } from '../../../scripts/catalogue.ts';
import { assertForm, parseFragment, released, sections } from '../../../scripts/changelog/fragments.ts';

const CHANGELOG = readFileSync(`${ROOT}CHANGELOG.md`, 'utf8');
const added = parseFragment('keys.added.md', 'Keys are watched.\nSo are aliases.\n');
const fixed = parseFragment('age.fixed.md', 'An age is counted in days.\n');

describe('the fragments of the changelog', () => {
  test('of this repository are all of the form, and CHANGELOG.md has room for them', () => {
    for (const name of readdirSync(`${ROOT}changelog.d`).filter((name) => name !== 'README.md'))
      parseFragment(name, readFileSync(`${ROOT}changelog.d/${name}`, 'utf8'));
    assertForm(CHANGELOG);
  });

  test('make sections in the order of Keep a Changelog, a line an entry', () => {
    expect(sections([fixed, added])).toBe(
      '### Added\n\n- Keys are watched.\n- So are aliases.\n\n### Fixed\n\n- An age is counted in days.\n',
    );
  });

  test.each([
    ['keys.md', 'Keys are watched.', 'changelog.d/keys.md: call it'],
    ['keys.improved.md', 'Keys are watched.', 'changelog.d/keys.improved.md: call it'],
    ['Keys.added.md', 'Keys are watched.', 'changelog.d/Keys.added.md: call it'],
    ['keys.added.md', '\n', 'changelog.d/keys.added.md is empty'],
    ['keys.added.md', '- Keys are watched.', 'without bullet or heading: "- Keys are watched."'],
    ['keys.added.md', 'Keys are watched', 'a line is a whole sentence'],
  ])('of name %s and text %j are refused', (name, text, says) => {
    expect(() => parseFragment(name, text)).toThrow(says);
  });
});

describe('a release', () => {
  const first = released(CHANGELOG, '1.0.0', '2026-02-01', [added]);

  test('stands before the older ones, and leaves room for the next', () => {
    const second = released(first, '1.0.1', '2026-03-01', [fixed]);
    expect(second.match(/^## .*/gm)).toEqual(['## [Unreleased]', '## [1.0.1] - 2026-03-01', '## [1.0.0] - 2026-02-01']);
    expect(second.endsWith(first.slice(first.indexOf('## [1.0.0]')))).toBe(true);
    assertForm(second);
  });

  test.each([
    ['is no version', '1.0', [added]],
    ['was made already', '1.0.0', [added]],
    ['changes nothing', '1.1.0', []],
  ])('that %s is refused', (_, version, fragments) => {
    expect(() => released(first, version, '2026-03-01', fragments)).toThrow();
  });

  test('is refused where an entry stands in CHANGELOG.md that belongs into a fragment', () => {
    const astray = first.replace('## [1.0.0]', '- Keys are watched.\n\n## [1.0.0]');
    expect(() => released(astray, '1.1.0', '2026-03-01', [added])).toThrow('entries go there');
  });
});
