import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { policyText, writeNew } from '../../shared/cli/framework-policy.ts';
import { controls } from '../../shared/controls/index.ts';
import { detections } from '../../shared/detections/index.ts';
import { FRAMEWORKS, requirementsIn } from '../../shared/frameworks.ts';
import { parsePolicy } from '../../shared/policy/load.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { temporaryFolder } from '../support/command.ts';

test.each(FRAMEWORKS.map((framework) => [framework.id, framework] as const))(
  '%s: its policy is valid, detects what the framework asks for, and nothing else',
  (_id, framework) => {
    const all = [...controls, ...detections];
    const asked = all.filter((one) => requirementsIn(framework, one).length > 0);
    const policy = policyFrom(parsePolicy(policyText(framework, asked), 'p.yml', controls, detections));
    for (const one of all)
      expect([one.id, policy.reachAnywhere(one)]).toEqual([one.id, asked.includes(one) ? 'detect' : 'off']);
  },
);

test('the number of each requirement and the recommended mode stand beside the control', () => {
  const framework = { id: 'f', name: 'F', prefix: 'F 1', mappedBy: 'AWS', source: 'https://a' };
  const one = { id: 'c', recommendedMode: 'approve', relatedRequirements: ['F 1 2.1', 'F 1 2.2', 'G 3'] } as const;
  expect(policyText(framework, [one])).toContain('\n  c: { mode: detect } # 2.1, 2.2; recommended: approve\n');
});

describe('a file', () => {
  const file = join(temporaryFolder(), 'policy.yml');

  test('that is new is written; one that exists is not overwritten', () => {
    writeNew(file, 'a');
    expect(() => writeNew(file, 'b')).toThrow(`--write-policy ${file}: it exists, and is not overwritten`);
    expect(readFileSync(file, 'utf8')).toBe('a');
  });

  test('that cannot be written is an error with its reason', () => {
    expect(() => writeNew(join(file, 'p.yml'), 'a')).toThrow('cannot be written: a part of its path is a file');
  });
});
