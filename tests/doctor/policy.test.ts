import { expect, test } from '@jest/globals';
import { policy } from '../../shared/doctor/policy.ts';
import { contextWith, deploymentWith, resultsOf } from '../support/doctor-context.ts';

test.each([
  ['without a deployment', null, 'ok', 'version test'],
  ['of a deployment of another release', deploymentWith(), 'ok', 'version test'],
  ['that is deployed', deploymentWith([], { outputs: { PolicyVersion: 'test' } }), 'ok', 'version test'],
  [
    'that is not the deployed one',
    deploymentWith([], { outputs: { PolicyVersion: 'other' } }),
    'warning',
    'version test here, other deployed: what this command reports may not apply there',
  ],
])('a policy %s', async (_, deployment, status, message) => {
  expect(await resultsOf(policy, contextWith({}, { deployment }))).toMatchObject([{ status, message }]);
});
