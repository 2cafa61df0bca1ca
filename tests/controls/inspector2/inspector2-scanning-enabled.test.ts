import { expect, test } from '@jest/globals';
import scene from '../../../scenes/inspector2/inspector2-scanning-enabled.ts';
import control from '../../../shared/controls/inspector2/inspector2-scanning-enabled.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const on = { EC2: 'ENABLED', ECR: 'ENABLED', LAMBDA: 'ENABLED', LAMBDA_CODE: 'ENABLED' };
const off = { EC2: 'DISABLED', ECR: 'DISABLED', LAMBDA: 'DISABLED', LAMBDA_CODE: 'DISABLED' };
const accountIds = [SAMPLE_ACCOUNT];

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: {
    everything: { scanning: on },
    'what is asked for': {
      scanning: { ...off, EC2: 'ENABLED' },
      parameters: { resourceTypes: ['EC2'] },
    },
  },
  nonCompliant: {
    nothing: {
      given: { scanning: off },
      plan: [['Enable', { accountIds, resourceTypes: ['EC2', 'ECR', 'LAMBDA', 'LAMBDA_CODE'] }]],
      undo: [['Disable', { accountIds, resourceTypes: ['EC2', 'ECR', 'LAMBDA', 'LAMBDA_CODE'] }]],
      after: { scanning: on },
      says: 'EC2 is DISABLED, ECR is DISABLED, LAMBDA is DISABLED, LAMBDA_CODE is DISABLED in eu-west-1.',
    },
    'images are not, and functions are suspended': {
      given: { scanning: { ...on, ECR: 'DISABLED', LAMBDA: 'SUSPENDED' } },
      plan: [['Enable', { accountIds, resourceTypes: ['ECR', 'LAMBDA'] }]],
      elements: [['ECR', 'LAMBDA']],
      undo: [['Disable', { accountIds, resourceTypes: ['ECR', 'LAMBDA'] }]],
      after: { scanning: on },
      other: { 'images alone are not': { scanning: { ...on, ECR: 'DISABLED' } } },
    },
    // Inspector refuses a change of what it is changing.
    'images are not, and instances are being enabled': {
      given: { scanning: { ...on, EC2: 'ENABLING', ECR: 'DISABLED' } },
      plan: [['Enable', { accountIds, resourceTypes: ['ECR'] }]],
      after: { scanning: on },
    },
  },
  besides: { 'iam:CreateServiceLinkedRole': 'Enable creates the roles of Inspector where it was never enabled' },
});

test('what is being changed is waited for', () => {
  const ref = {
    resourceType: 'AWS::::Account',
    resourceId: SAMPLE_ACCOUNT,
    accountId: SAMPLE_ACCOUNT,
    region: 'eu-west-1',
  };
  const parameters = { resourceTypes: control.parameters.resourceTypes.default };
  const context = { parameters, now: new Date(), lastKnown: null };
  const evaluate = (scanning: typeof on) => control.evaluate({ ref, scanning }, context);
  expect(evaluate({ ...on, EC2: 'ENABLING' })).toMatchObject({ complianceType: 'NON_COMPLIANT', retryAfter: 120_000 });
  expect(evaluate({ ...on, EC2: 'ENABLING', ECR: 'DISABLED' })).not.toHaveProperty('retryAfter');
});

testScene(control, scene);
