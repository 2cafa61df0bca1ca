import { expect, test } from '@jest/globals';
import { estimate } from '../../../scripts/test-estimate/estimate.ts';

/** Suites one after the other on two workers, by their seconds. */
function runOf(suites: Readonly<Record<string, number>>) {
  const all = Object.entries(suites);
  const wall = all.reduce((sum, [, seconds]) => sum + seconds, 0) / 2;
  const testResults = all.map(([name, seconds]) => ({
    name: `/repo/tests/${name}`,
    startTime: wall * 1000 - seconds * 1000,
    endTime: wall * 1000,
  }));
  return { startTime: 0, testResults };
}

const run = runOf({
  'controls/s3/s3-bucket-encrypted.test.ts': 2,
  'controls/ec2/ec2-volume.test.ts': 3,
  'controls/ec2/ec2-volume.harmless.test.ts': 1,
  'resources/s3/bucket.test.ts': 2,
  'deployment/roles.test.ts': 12,
  'engine/reconcile/gates.test.ts': 20,
});

test('the tests of controls, resources and scenes grow with the controls, the rest does not', () => {
  // Two more controls: 2 × 4 s of their own, 2 × 6 s of the roles, on two workers.
  expect(estimate(run, 4)).toEqual({
    controls: 2,
    secondsPerControl: 4,
    slowest: [
      ['ec2-volume', 4],
      ['s3-bucket-encrypted', 2],
    ],
    seconds: 20,
    estimated: 30,
  });
  expect(estimate(run, 2).estimated).toBe(20);
});

test('a run of something else gives no estimate', () => {
  expect(() => estimate(runOf({ 'engine/reconcile/gates.test.ts': 20 }), 160)).toThrow('no test of a control');
});
