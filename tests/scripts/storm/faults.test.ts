import { expect, test } from '@jest/globals';
import { faultsAccount } from '../../../scripts/storm/faults/account.ts';
import { reportOf } from '../../../scripts/storm/faults/report.ts';
import { faultsRun } from '../../../scripts/storm/faults/run.ts';
import { testAccount } from '../../support/sandbox.ts';

const { accountId, region, endpoint, env } = await testAccount();
const { AWS_MAX_ATTEMPTS: _, ...credentials } = env;

// A small one; `npm run storm -- --faults SEED` has 200 resources, thousands of faults and hundreds of kills.
test('though calls are lost, refused and garbled, and processes killed, all is remediated and undone once', async () => {
  const account = await faultsAccount(endpoint, { accountId, region, env: credentials });
  const summary = await faultsRun({ seed: 'small', resources: 3, processes: 2 }, account);
  expect(summary.violations).toEqual([]);
  expect(summary.kills.length).toBeGreaterThan(0);
  expect(Object.values(summary.faults).reduce((sum, times) => sum + times, 0)).toBeGreaterThan(12);
  expect(reportOf(summary)).toContain('seed small: 3 resources');
});
