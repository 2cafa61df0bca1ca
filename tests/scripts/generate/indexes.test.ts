import { expect, test } from '@jest/globals';
import { loadContent } from '../../../scripts/catalogue.ts';
import { indexes } from '../../../scripts/generate/indexes.ts';
import { FRAMEWORKS, requirementsIn } from '../../../shared/frameworks.ts';

const content = await loadContent();
const all = [...content.controls, ...content.detections];
const pages = indexes(content);
const pageOf = (file: string) => pages.get(file) ?? '';
const sectionsOf = (file: string) =>
  new Map(
    pageOf(file)
      .split(/^## /m)
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf('\n')), text]),
  );

test('each index lists every control and detection, that by framework those with a requirement', () => {
  for (const file of ['README.md', 'by-service.md', 'by-mode.md'])
    for (const { id } of all) expect(pageOf(file).split(`[${id}](${id}.md)`)).toHaveLength(2);
  for (const framework of FRAMEWORKS) {
    const section = sectionsOf('by-framework.md').get(framework.name) ?? '';
    for (const one of all)
      for (const number of requirementsIn(framework, one))
        expect(section).toMatch(new RegExp(`^\\| ${number.replace(/[.()]/g, '\\$&')} \\|.*\\[${one.id}\\]`, 'm'));
  }
});

test('a control stands under its own service and its recommended mode', () => {
  for (const one of all) {
    const service = 'resource' in one ? one.resource.service.id : one.service.id;
    expect(sectionsOf('by-service.md').get(service)).toContain(`[${one.id}]`);
    expect(sectionsOf('by-mode.md').get(one.recommendedMode)).toContain(`[${one.id}]`);
  }
});

test('requirements are in the order of their numbers', () => {
  const section = sectionsOf('by-framework.md').get('CIS AWS Foundations Benchmark v5.0.0') ?? '';
  const numbers = [...section.matchAll(/^\| (\d[\d.]*) \|/gm)].map(([, number = '']) => number.split('.').map(Number));
  expect(numbers.length).toBeGreaterThan(5);
  expect(numbers).toEqual(
    numbers.toSorted((a, b) => a.map((n, i) => n - (b[i] ?? 0)).find((d) => d !== 0) ?? a.length - b.length),
  );
});
