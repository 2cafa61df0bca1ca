import { type LoggingEnabled, PutBucketLoggingCommand, S3Client } from '@aws-sdk/client-s3';
import { bucketTarget } from '../../aws/s3/bucket-target.ts';
import { ACCESS_LOGS, letsDeliver } from '../../aws/s3/log-delivery.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { FOREIGN, type ResourceRef, related } from '../../resource.ts';
import { bucket } from '../../resources/s3/bucket.ts';
import { step, undoneBy } from '../../step.ts';

const permissions = {
  's3:PutBucketLogging': {
    resources: 'arn:${AWS::Partition}:s3:::*',
    condition: { StringEquals: { 'aws:ResourceAccount': '${AWS::AccountId}' } },
  },
};
const elements = ['logging'];

interface Wishes {
  readonly parameters: { readonly targetBuckets: Readonly<Record<string, string>> };
}

/** The bucket that the parameters name for the region. */
const targetRef = ({ accountId, region }: ResourceRef, { parameters: { targetBuckets } }: Wishes) => {
  const resourceId = targetBuckets[region];
  return resourceId === undefined ? null : { resourceId, accountId, region };
};

const put = (ref: ResourceRef, logging?: LoggingEnabled) => ({
  ...bucketTarget(ref),
  BucketLoggingStatus: logging === undefined ? {} : { LoggingEnabled: logging },
});

const turnOn = (ref: ResourceRef, logging: LoggingEnabled) =>
  step(S3Client, PutBucketLoggingCommand, put(ref, logging), {
    permissions,
    elements,
    undo: () => [step(S3Client, PutBucketLoggingCommand, put(ref), { elements })],
  });

export default defineControl({
  id: 's3-bucket-access-logging-enabled',
  title: 'S3 buckets must have server access logging enabled',
  severity: 'MEDIUM',
  resource: bucket,
  needs: ['logging'],
  lastKnown: ['logging'],
  related: { targetPolicy: related(bucket, 'policy', targetRef) },
  securityControlIds: ['S3.9', 'CloudTrail.7'],
  relatedRequirements: [
    'AWS FSBP S3.9',
    'CIS AWS v3.0 3.4',
    'CIS AWS v5.0 3.4',
    ...requirements(
      'PCI DSS v4.0',
      '5.3.4 10.2.1 10.2.1.1 10.2.1.2 10.2.1.3 10.2.1.4 10.2.1.5 10.2.1.6 10.2.1.7 10.2.2 10.3.1 10.6.3 A1.2.1',
    ),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(4) AC-3(1) AC-3(10) AC-4(26) AC-6(9) AU-2 AU-3 AU-6(3) AU-6(4) AU-6(6) AU-6(9) AU-8 AU-10 AU-12 AU-12(1) AU-12(2) AU-12(3) AU-12(4) AU-14 AU-14(3) CA-7 CM-5(1) CM-6 CM-9 IA-3(3) MA-4(1) PM-14 PM-31 SC-7(9) SI-1(1) SI-3(8) SI-4(2) SI-4(17) SI-4(20) SI-7(8) SI-10(1)',
    ),
    ...requirements('SOC 2', 'A1.2 CC7.2 CC7.3'),
  ],
  description:
    'Server access logging must be enabled. Logging that was disabled is enabled again as it was; a bucket that never had it logs to the bucket that targetBuckets names for its region, under a prefix with its own name. Target buckets of access logs are not evaluated: they would log their own logs. CIS 3.4 and CloudTrail.7 require this for the buckets of trails, S3.9 for all.',
  rationale: 'The access logs show who read or deleted an object; without data events of S3, nothing else does.',
  guidance:
    'Enable server access logging, to a bucket of the same account and region whose policy allows logging.s3.amazonaws.com to put objects.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [undoneBy(S3Client, PutBucketLoggingCommand, bucketTarget, ['BucketLoggingStatus'])],
  parameters: {
    targetBuckets: {
      description: 'For each region, the bucket that receives access logs: { eu-west-1: access-logs-eu-west-1 }.',
      type: 'object',
      additionalProperties: { type: 'string', minLength: 3 },
      default: {} as Readonly<Record<string, string>>,
    },
  },
  evaluate({ logging: { LoggingEnabled, takesAccessLogs } }) {
    if (LoggingEnabled !== null) return compliant(`Access is logged to ${LoggingEnabled.TargetBucket}.`);
    if (takesAccessLogs) return notApplicable('The bucket is a target of access logs.');
    return nonCompliant('Access to the bucket is not logged.');
  },
  plan({ ref, targetPolicy }, context) {
    const before = context.lastKnown?.logging?.LoggingEnabled ?? null;
    if (before !== null) return [turnOn(ref, before)];
    const target = targetRef(ref, context);
    if (target === null) return byHand(`targetBuckets names no bucket for ${ref.region}.`);
    if (targetPolicy === FOREIGN || !letsDeliver(targetPolicy, ACCESS_LOGS))
      return byHand(`The policy of ${target.resourceId} does not allow ${ACCESS_LOGS} to put objects.`);
    return [turnOn(ref, { TargetBucket: target.resourceId, TargetPrefix: `${ref.resourceId}/` })];
  },
});
