import { CloudTrailClient, CreateTrailCommand, DescribeTrailsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import control from '../../../shared/controls/cloudtrail/cloudtrail-log-file-validation-enabled.ts';
import { sampleEvent, type TestAccount } from '../../support/sandbox.ts';
import { stepsOf, testControl } from '../../support/test-control.ts';
import { testOnSandbox } from '../../support/test-on-sandbox.ts';

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

/** A trail without validation, and one like it beside it. */
async function twoTrails(name: string, { aws, accountId }: TestAccount) {
  const client = aws()(CloudTrailClient);
  const Bucket = `${name}-${accountId}`;
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  for (const Name of [name, `${name}-2`])
    await client.send(new CreateTrailCommand({ Name, S3BucketName: Bucket, KmsKeyId: 'alias/audit' }));
  const read = async (Name: string) => {
    const { trailList = [] } = await client.send(new DescribeTrailsCommand({}));
    return trailList.find((trail) => trail.Name === Name);
  };
  return { state: () => read(name), neighbours: () => read(`${name}-2`) };
}

testOnSandbox(control, {
  'validation is switched off, by name': async (account) => ({
    ...(await twoTrails('by-name', account)),
    event: sampleEvent('cloudtrail/UpdateTrail', { '111122223333': account.accountId, audit: 'by-name' }),
  }),
  'validation is switched off, by ARN': async (account) => ({
    ...(await twoTrails('with-arn', account)),
    event: sampleEvent('cloudtrail/UpdateTrail.by-arn', { '111122223333': account.accountId, audit: 'with-arn' }),
  }),
});
