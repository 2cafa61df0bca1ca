import { expect, test } from '@jest/globals';
import { regions } from '../../shared/doctor/regions.ts';
import { contextWith, resultsOf } from '../support/doctor-context.ts';

const found = (...names: string[]) =>
  resultsOf(
    regions,
    contextWith({
      DescribeRegions: () => ({
        Regions: names.map((RegionName) => ({ RegionName, OptInStatus: 'opt-in-not-required' })),
      }),
    }),
  );

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
