import { describe, expect, test } from '@jest/globals';
import { controls } from '../shared/controls/index.ts';
import { detections } from '../shared/detections/index.ts';
import { FRAMEWORKS, requirements, requirementsIn } from '../shared/frameworks.ts';

const all = [...controls, ...detections];

test.each(all.map((one) => [one.id, one] as const))(
  '%s: each requirement is of a framework that is known, and stands once',
  (_id, one) => {
    const known = FRAMEWORKS.flatMap((framework) =>
      requirementsIn(framework, one).map((number) => `${framework.prefix} ${number}`),
    );
    expect(known.toSorted()).toEqual(one.relatedRequirements.toSorted());
    expect(new Set(known).size).toBe(known.length);
  },
);

describe('a framework', () => {
  test('has an id, a prefix and a source of its own, and controls', () => {
    for (const key of ['id', 'name', 'prefix'] as const)
      expect(new Set(FRAMEWORKS.map((one) => one[key])).size).toBe(FRAMEWORKS.length);
    for (const framework of FRAMEWORKS) {
      expect(framework.source).toMatch(/^https:\/\//);
      expect([framework.id, all.some((one) => requirementsIn(framework, one).length > 0)]).toEqual([
        framework.id,
        true,
      ]);
    }
  });

  test('is not one whose prefix begins the same way', () => {
    const framework = { id: 'a', name: 'A', prefix: 'CIS AWS v3', mappedBy: 'AWS', source: '' };
    expect(requirementsIn(framework, { relatedRequirements: ['CIS AWS v3.0 2.1', 'CIS AWS v3 2.2'] })).toEqual(['2.2']);
  });
});

test('requirements of one framework are written together', () => {
  expect(requirements('SOC 2', 'CC6.2 CC7.2')).toEqual(['SOC 2 CC6.2', 'SOC 2 CC7.2']);
});
