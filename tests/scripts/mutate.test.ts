import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';
import { targets, testsOf } from '../../scripts/mutate/targets.ts';
import { run } from '../support/script.ts';

test('npm run mutate lists what no test of a source notices', async () => {
  const { status, stdout, stderr } = await run('mutate.ts', ['shared/aws/tags.ts']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [, killed, all] = /^shared\/aws\/tags\.ts {2}[\d.]+ % {2}\((\d+) of (\d+) killed/.exec(stdout) ?? [];
  expect(Number(killed)).toBeGreaterThan(0);
  const survivors = stdout.match(/^ {2}\w+ {2}shared\/aws\/tags\.ts:\d+:\d+ \w+: .+ → .+$/gm) ?? [];
  expect(survivors).toHaveLength(Number(all) - Number(killed));
  // Only a run that Stryker follows test by test knows what none of them reaches.
  expect(survivors.join('\n')).toContain('NoCoverage');
}, 180_000);

test('what is no source is refused in one line', async () => {
  expect(await run('mutate.ts', ['shared/ledger/nothing.ts'])).toEqual({
    status: 2,
    stdout: '',
    stderr: 'mutate: there is no shared/ledger/nothing.ts\n',
  });
  expect(() => targets(ROOT, ['scripts/mutate.ts'])).toThrow('scripts/mutate.ts is not under shared/');
  expect(() => targets(ROOT, ['shared/../scripts'])).toThrow('shared/../scripts is not under shared/');
});

test('a folder is all its sources, each once', () => {
  const found = targets(ROOT, ['shared/ledger', 'shared/ledger/lease.ts', './shared/ledger/']);
  expect(found).toContain('shared/ledger/lease.ts');
  expect(new Set(found).size).toBe(found.length);
  for (const file of found) expect(existsSync(ROOT + file)).toBe(true);
});

test('the nearest tests are those at the mirrored path; others are of the same part, in memory', () => {
  const related = [
    'tests/controls/ec2/ec2-volume-encrypted.test.ts',
    'tests/ledger/breaker.test.ts',
    'tests/ledger/interleavings.test.ts',
    'tests/ledger/lease.test.ts',
    'tests/ledger/lease.orphans.test.ts',
    'tests/ledger/processes.test.ts',
  ];
  expect(testsOf(ROOT, 'shared/ledger/lease.ts', related)).toEqual({
    nearest: ['tests/ledger/lease.test.ts', 'tests/ledger/lease.orphans.test.ts'],
    others: ['tests/ledger/breaker.test.ts'],
  });
});
