import { expect, test } from '@jest/globals';
import { flagsOf, nextAfterSweep, nothingFits } from '../../shared/cli/next-command.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { ADMIN_PORTS } from '../support/drift.ts';
import { entry } from '../support/entries.ts';

const RECOMMENDED = policyFrom(null);
const DETECT = policyFrom({});

test('the flags of a run, each one argument of a shell', () => {
  expect(
    flagsOf({
      control: ['ec2-*'],
      severity: 'HIGH',
      service: 'ec2',
      resource: ["sg-1'; rm"],
      tag: ['env=a b'],
      region: 'eu-west-1',
      profile: 'work',
      policy: false,
      stack: 'evenkeel-prod',
    }),
  ).toBe(
    ` --control 'ec2-*' --severity HIGH --service ec2 --resource $'sg-1\\'; rm' --tag 'env=a b' --region eu-west-1 --profile work --no-policy`,
  );
  expect(flagsOf({ policy: 'my policy.yml', stack: 'other' })).toBe(` --policy 'my policy.yml' --stack other`);
});

test('drift that the policy lets be remediated: the same sweep, remediating', () => {
  const options = { service: 'ec2', region: 'eu-west-1', mode: 'detect', control: [] } as const;
  expect(nextAfterSweep([entry()], options, RECOMMENDED)).toEqual([
    'npx evenkeel sweep --service ec2 --region eu-west-1 --mode remediate',
  ]);
});

test('drift that the policy only detects, or that has no plan: what the control says', () => {
  const why = [`npx evenkeel controls ${ADMIN_PORTS}`];
  expect(nextAfterSweep([entry()], { mode: 'detect' }, DETECT)).toEqual(why);
  expect(nextAfterSweep([entry({ steps: [] })], { mode: 'detect' }, RECOMMENDED)).toEqual(why);
  expect(nextAfterSweep([entry()], { mode: 'remediate' }, RECOMMENDED)).toEqual(why);
});

test('what awaits approval, was remediated, or failed', () => {
  const waiting = entry({ outcome: 'awaitingApproval', remediationId: 'rem-1' });
  const all = [waiting, entry({ outcome: 'remediated' }), entry({ outcome: 'blocked' })];
  expect(nextAfterSweep(all, { profile: 'work' }, RECOMMENDED)).toEqual([
    'npx evenkeel approve rem-1 --profile work',
    'npx evenkeel undo --last --dry-run --profile work',
    'npx evenkeel doctor --profile work',
  ]);
  expect(nextAfterSweep([entry({ outcome: 'compliant' })], {}, RECOMMENDED)).toEqual([]);
});

test('where nothing fits, by which filters', () => {
  const none = { control: [], resource: [], tag: [] };
  expect(nothingFits('resources', none)).toBe('No resources.');
  expect(nothingFits('resources', { ...none, region: 'eu-west-1', service: 's3', profile: 'work' })).toBe(
    'No resources fit --service s3 --region eu-west-1.',
  );
  expect(nothingFits('open findings', { ...none, tag: ['Env=prod'] })).toContain('fit --tag Env=prod; a tag is KEY');
});
