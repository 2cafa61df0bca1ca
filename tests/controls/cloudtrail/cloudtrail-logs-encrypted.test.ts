import { expect, test } from '@jest/globals';
import scene from '../../../scenes/cloudtrail/cloudtrail-logs-encrypted.ts';
import control from '../../../shared/controls/cloudtrail/cloudtrail-logs-encrypted.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const ARN = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit';
const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-4a6b-8c7d-0a1b2c3d4e5f';
const OTHER_KEY = KEY.replace('0a1b2c3d-', '1a1b2c3d-');
const given = (KmsKeyId: string | null = null) => ({ encryption: { KmsKeyId } });
const update = (KmsKeyId: string) => [['UpdateTrail', { Name: 'audit', KmsKeyId }]] as const;

testControl(control, {
  resourceId: ARN,
  compliant: { 'with a key': given(KEY) },
  nonCompliant: {
    'it had a key before': {
      given: given(),
      lastKnown: given(KEY),
      parameters: { kmsKeyArn: OTHER_KEY },
      plan: update(KEY),
      after: given(KEY),
      undo: update(''),
      says: 'The logs of audit are not encrypted with a KMS key.',
      elements: [['KmsKeyId']],
    },
    'the policy names a key': {
      given: given(),
      parameters: { kmsKeyArn: OTHER_KEY },
      plan: update(OTHER_KEY),
      after: given(OTHER_KEY),
    },
    'nobody names one': { given: given(), plan: [], byHand: 'The parameter kmsKeyArn is empty.' },
  },
});

test("an organisation's trail is not ours to evaluate", () => {
  const [accountId, region] = ['111122223333', 'eu-west-1'];
  const ref = {
    resourceType: 'AWS::CloudTrail::Trail',
    resourceId: ARN.replace(accountId, '444455556666'),
    accountId,
    region,
  };
  const context = { parameters: { kmsKeyArn: KEY }, now: new Date(0), lastKnown: null };
  expect(control.evaluate({ ...given(), ref }, context).complianceType).toBe('NOT_APPLICABLE');
  expect(control.plan?.({ ...given(), ref }, context)).toEqual([]);
});

testScene(control, scene);
