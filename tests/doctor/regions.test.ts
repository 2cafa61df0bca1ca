import { expect, test } from '@jest/globals';
import { regions } from '../../shared/doctor/regions.ts';
import { awsError, contextWith, deploymentWith, resultsOf } from '../support/doctor-context.ts';

const enabled =
  (...names: string[]) =>
  () => ({ Regions: names.map((RegionName) => ({ RegionName, OptInStatus: 'opt-in-not-required' })) });
const found = (...names: string[]) => resultsOf(regions, contextWith({ DescribeRegions: enabled(...names) }));

test('enabled regions that are not watched are a warning', async () => {
  expect(await found('eu-west-1', 'us-east-1', 'sa-east-1', 'ap-south-1')).toMatchObject([
    { status: 'warning', subject: 'ap-south-1 sa-east-1', message: 'enabled, but not watched: ap-south-1, sa-east-1' },
  ]);
});

test('all watched is ok', async () => {
  expect(await found('us-east-1')).toMatchObject([
    { status: 'ok', message: 'all enabled regions are watched: eu-west-1, us-east-1' },
  ]);
});

test('a watched region that is left out as a whole is named, with the reason', async () => {
  const leftOut = [{ region: 'us-east-1', reason: 'a service control policy of the organization denies calls there' }];
  const deployment = deploymentWith([], { regions: ['eu-west-1'], leftOut });
  const results = await resultsOf(regions, contextWith({ DescribeRegions: enabled('us-east-1') }, { deployment }));
  expect(results).toMatchObject([
    { status: 'warning', subject: 'us-east-1', message: expect.stringContaining('us-east-1 is left out as a whole') },
    { status: 'warning', subject: 'global us-east-1', message: expect.stringMatching(/^us-east-1 is left out: .*IAM/) },
  ]);
  expect(results[0]?.remedy).toContain('all except us-east-1');
});

test('without the region of global services it says what is lost', async () => {
  const deployment = deploymentWith([], { regions: ['eu-west-1'] });
  const results = await resultsOf(regions, contextWith({ DescribeRegions: enabled() }, { deployment }));
  expect(results).toMatchObject([
    { status: 'warning', message: expect.stringMatching(/^us-east-1 is not watched: .*root user.*the daily sweep/) },
  ]);
  const china = deploymentWith([], { home: 'cn-north-1', regions: ['cn-north-1'] });
  expect(await resultsOf(regions, contextWith({ DescribeRegions: enabled() }, { deployment: china }))).toMatchObject([
    { status: 'ok' },
  ]);
});

test('a region that nobody watches and the organization denies is no gap', async () => {
  const denied = (_: object, region: string) =>
    region === 'ap-south-1'
      ? awsError('UnauthorizedOperation', 'no, with an explicit deny in a service control policy')
      : {};
  const answers = { DescribeRegions: enabled('us-east-1', 'ap-south-1'), DescribeVpcs: denied };
  expect(await resultsOf(regions, contextWith(answers))).toMatchObject([
    { status: 'ok', message: expect.stringMatching(/; left out: ap-south-1 \(a service control policy/) },
  ]);
});
