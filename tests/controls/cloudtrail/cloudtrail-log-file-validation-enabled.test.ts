import { expect, test } from '@jest/globals';
import scene from '../../../scenes/cloudtrail/cloudtrail-log-file-validation-enabled.ts';
import control from '../../../shared/controls/cloudtrail/cloudtrail-log-file-validation-enabled.ts';
import { stepsOf, testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const ARN = 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit';
const given = (LogFileValidationEnabled?: boolean) => ({
  trail: { Name: 'audit', ...(LogFileValidationEnabled === undefined ? {} : { LogFileValidationEnabled }) },
});
const plan = [['UpdateTrail', { Name: 'audit', EnableLogFileValidation: true }]] as const;

testControl(control, {
  resourceId: ARN,
  compliant: { 'validation is on': given(true) },
  nonCompliant: {
    'validation is off': { given: given(false), plan, after: given(true), says: 'audit writes no digest files' },
    'nothing is said of validation': { given: given(), plan, after: given(true) },
  },
});

test("an organisation's trail is not ours to evaluate", () => {
  const [accountId, region] = ['111122223333', 'eu-west-1'];
  const resourceId = ARN.replace(accountId, '444455556666');
  const ref = { resourceType: 'AWS::CloudTrail::Trail', resourceId, accountId, region };
  const context = { parameters: {}, now: new Date(), lastKnown: null };
  expect(control.evaluate({ ...given(false), ref }, context).complianceType).toBe('NOT_APPLICABLE');
  expect(stepsOf(control, { ...given(false), ref })).toEqual([]);
});

testScene(control, scene);
