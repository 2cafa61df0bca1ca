import { expect, test } from '@jest/globals';
import { LASTING_ERRORS } from '../../shared/aws/lasting-errors.ts';

test.each([
  ['cloudtrail:CreateTrail', 'InsufficientDependencyServiceAccessPermissionException', true],
  ['cloudtrail:StartLogging', 'InsufficientDependencyServiceAccessPermissionException', true],
  ['iam:UpdateAssumeRolePolicy', 'UnmodifiableEntityException', true],
  ['kms:PutKeyPolicy', 'MalformedPolicyDocumentException', true],
  ['kms:PutKeyPolicy', 'KMSInvalidStateException', false],
  ['lambda:RemovePermission', 'PreconditionFailedException', false],
  ['rds:ModifyDBSnapshotAttribute', 'InvalidDBSnapshotStateFault', false],
  ['rds:ModifyDBClusterSnapshotAttribute', 'SharedSnapshotQuotaExceededFault', true],
  ['s3:PutBucketAcl', 'AccessControlListNotSupported', true],
  ['sns:SetTopicAttributes', 'InvalidParameterException', true],
  ['sqs:SetQueueAttributes', 'InvalidAttributeValue', true],
  ['ssm:ModifyDocumentPermission', 'DocumentPermissionLimit', true],
  ['cloudtrail:CreateTrail', 'ConflictException', false],
  ['cloudtrail:UpdateTrail', 'ThrottlingException', false],
  ['config:StartConfigurationRecorder', 'NoAvailableDeliveryChannelException', true],
  ['ec2:RevokeSecurityGroupIngress', 'OperationNotPermitted', true],
  ['ec2:ModifyInstanceMetadataOptions', 'IncorrectInstanceState', false],
  ['ec2:ModifyInstanceMetadataOptions', 'IncorrectState', false],
  ['rds:ModifyDBInstance', 'InvalidDBInstanceStateFault', false],
  ['rds:ModifyDBInstance', 'InvalidDBInstanceState', false],
  ['iam:UpdateAccessKey', 'LimitExceeded', true],
  ['kms:CancelKeyDeletion', 'LimitExceededException', false],
  ['guardduty:UpdateDetector', 'LimitExceededException', false],
])('%s: %s lasts: %s', (call, name, lasts) => {
  expect(Object.keys(LASTING_ERRORS[call] ?? {}).includes(name)).toBe(lasts);
});

test('every call names its service and operation, and every refusal who refuses and what a person can do', () => {
  for (const [call, refusals] of Object.entries(LASTING_ERRORS)) {
    expect(call).toMatch(/^[a-z0-9]+:[A-Z]\w+$/);
    for (const { by, remedy } of Object.values(refusals)) {
      expect(by).toMatch(/^\w.*[^.]$/);
      expect(remedy).toMatch(/^\p{Ll}.*[^.]$/u);
    }
  }
});

test('what is throttled or unavailable passes, whatever was called', () => {
  const names = new Set(Object.values(LASTING_ERRORS).flatMap((refusals) => Object.keys(refusals)));
  for (const name of ['Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'TooManyRequestsException'])
    expect(names).not.toContain(name);
  expect([...names].filter((name) => /Internal|Unavailable(?!Exception$)|Timeout/.test(name))).toEqual([]);
});
