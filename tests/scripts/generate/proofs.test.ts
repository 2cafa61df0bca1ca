import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { loadScenes } from '../../../scenes/index.ts';
import type { SceneFile } from '../../../scenes/scene.ts';
import { loadContent, ROOT } from '../../../scripts/catalogue.ts';
import { ADDITIONS_FILE, type Facts, proofsDoc, testsThatUse } from '../../../scripts/generate/proofs.ts';
import { ADMIN_PORTS } from '../../support/drift.ts';

const content = await loadContent();
const scenes = await loadScenes();
const NOTHING: Facts = { scenes, additions: {}, wire: [], properties: [] };

const cellsOf = (id: string, facts: Partial<Facts> = {}) => {
  const page = proofsDoc(content, { ...NOTHING, ...facts });
  const row = page.split('\n').find((line) => line.startsWith(`| [${id}]`)) ?? '';
  return row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''));
};

describe('the row of a control', () => {
  test('says how its scene ends', () => {
    expect(cellsOf(ADMIN_PORTS).slice(1)).toEqual(['detected, remediated, undone', '—', '—', '—']);
    expect(cellsOf('rds-storage-encrypted')[1]).toBe('detected');
    const without = scenes.filter(({ id }: SceneFile) => id !== ADMIN_PORTS);
    expect(cellsOf(ADMIN_PORTS, { scenes: without })[1]).toBe('—');
  });

  test('names the calls that only additions to the local account answer', () => {
    const additions = { [ADMIN_PORTS]: ['ec2:OneCall', 'ec2:AnotherCall'] };
    expect(cellsOf(ADMIN_PORTS, { additions })[2]).toBe('`ec2:OneCall`, `ec2:AnotherCall`');
    expect(cellsOf('rds-storage-encrypted', { additions })[2]).toBe('—');
  });

  test.each([
    ['itself', `shared/controls/ec2/${ADMIN_PORTS}.ts`],
    ['its resource', 'shared/resources/ec2/security-group.ts'],
    ['what it knows of AWS', 'shared/aws/ec2/security-group-rules.ts'],
  ])('names tests that are about %s', (_what, source) => {
    const wire = [{ path: 'tests/some.subject.test.ts', sources: [source] }];
    expect(cellsOf(ADMIN_PORTS, { wire })[3]).toBe('[some.subject](../tests/some.subject.test.ts)');
    expect(cellsOf(ADMIN_PORTS, { properties: wire })[4]).toBe('[some.subject](../tests/some.subject.test.ts)');
    expect(cellsOf('rds-storage-encrypted', { wire })[3]).toBe('—');
  });
});

test('every control and every detection has a row, and every control a scene that proves it', () => {
  const page = proofsDoc(content, NOTHING);
  for (const { id } of [...content.controls, ...content.detections])
    expect(page).toContain(`\n| [${id}](controls/${id}.md) | `);
  expect(content.controls.map(({ id }) => cellsOf(id)[1]).filter((cell) => cell === '—')).toEqual([]);
});

test('a test is about what stands at its mirrored path, with or without a subject, and about the controls that it imports', () => {
  const properties = new Map(testsThatUse('fast-check').map(({ path, sources }) => [path, sources]));
  expect(properties.get('tests/aws/cidr.test.ts')).toEqual(['shared/aws/cidr.ts']);
  expect(properties.get('tests/engine/reconcile/reconciler.interleavings.test.ts')).toEqual([
    'shared/engine/reconcile/reconciler.ts',
    'shared/engine/reconcile/reconciler.interleavings.ts',
  ]);
  const own = 'shared/controls/rds/rds-instance-public-access-prohibited.ts';
  const wire = testsThatUse('support/aws-proxy.ts').find(({ path }) => path.includes('rds-instance-public'));
  expect(wire?.sources).toEqual([own, own]);
});

test('additions are kept of controls alone: each is compared when its scene is played', () => {
  const additions = JSON.parse(readFileSync(`${ROOT}${ADDITIONS_FILE}`, 'utf8'));
  const ids = content.controls.map(({ id }) => id);
  expect(Object.keys(additions).filter((id) => !ids.includes(id))).toEqual([]);
});
