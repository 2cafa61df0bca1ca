import {
  DisableLoggingCommand,
  EnableLoggingCommand,
  type LoggingStatus,
  RedshiftClient,
} from '@aws-sdk/client-redshift';
import { lacking, whereAvailable } from '../../aws/redshift/cluster-status.ts';
import { letsDeliver } from '../../aws/s3/log-delivery.ts';
import { byHand, compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { FOREIGN, type ResourceRef, related } from '../../resource.ts';
import { redshiftCluster } from '../../resources/redshift/cluster.ts';
import { bucket } from '../../resources/s3/bucket.ts';
import { step, undoneBy } from '../../step.ts';

const SERVICE = 'redshift.amazonaws.com';
const CLUSTERS = 'arn:${AWS::Partition}:redshift:*:${AWS::AccountId}:cluster:*';
const permissions = { 'redshift:EnableLogging': CLUSTERS };
const elements = ['logging'];

interface Wishes {
  readonly parameters: { readonly targetBuckets: Readonly<Record<string, string>> };
}

/** The bucket that the parameters name for the region. */
const targetRef = ({ accountId, region }: ResourceRef, { parameters: { targetBuckets } }: Wishes) => {
  const resourceId = targetBuckets[region];
  return resourceId === undefined ? null : { resourceId, accountId, region };
};

type Destination = Pick<LoggingStatus, 'BucketName' | 'S3KeyPrefix' | 'LogDestinationType' | 'LogExports'>;
type Logging = { readonly [N in keyof Destination]-?: Destination[N] | null };

/** Logging as it was; a destination other than a bucket has no bucket to name. */
const asBefore = ({ BucketName, S3KeyPrefix, LogDestinationType, LogExports }: Logging): Destination => ({
  ...(BucketName && { BucketName }),
  ...(S3KeyPrefix && { S3KeyPrefix }),
  ...(LogDestinationType && { LogDestinationType }),
  ...(LogExports && LogExports.length > 0 && { LogExports }),
});

const turnOn = (ClusterIdentifier: string, destination: Destination) =>
  step(
    RedshiftClient,
    EnableLoggingCommand,
    { ClusterIdentifier, ...destination },
    {
      permissions,
      elements,
      undo: () => [step(RedshiftClient, DisableLoggingCommand, { ClusterIdentifier }, { elements })],
    },
  );

export default defineControl({
  id: 'redshift-cluster-audit-logging-enabled',
  title: 'Redshift clusters must write audit logs',
  severity: 'MEDIUM',
  resource: redshiftCluster,
  needs: ['logging', 'userActivity'],
  lastKnown: ['logging'],
  related: { targetPolicy: related(bucket, 'policy', targetRef) },
  securityControlIds: ['Redshift.4'],
  relatedRequirements: [
    'AWS FSBP Redshift.4',
    ...requirements(
      'PCI DSS v4.0',
      '5.3.4 10.2.1 10.2.1.1 10.2.1.2 10.2.1.3 10.2.1.4 10.2.1.5 10.2.1.6 10.2.1.7 10.2.2 10.3.1 10.6.3 A1.2.1',
    ),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(4) AC-3(1) AC-3(10) AC-4(26) AC-6(9) AU-2 AU-3 AU-6(3) AU-6(4) AU-6(6) AU-6(9) AU-8 AU-9(3) AU-10 AU-12 AU-12(1) AU-12(2) AU-12(3) AU-12(4) AU-14 AU-14(3) CA-7 CM-5(1) CP-9 IA-3(3) MA-4(1) PM-14 PM-31 SC-7(9) SC-8(3) SC-8(4) SC-13 SC-28(1) SI-1(1) SI-3(8) SI-4(2) SI-4(17) SI-4(20) SI-7(8) SI-10(1) SI-19(4)',
    ),
    'SOC 2 CC7.2',
  ],
  description:
    'Audit logging must be enabled, and with it the user activity log: for that a parameter group of the cluster needs enable_user_activity_logging, which Redshift.4 does not require (userActivity: false leaves it out). Logging that was disabled is enabled again as it was; a cluster that never had it logs to the bucket that targetBuckets names for its region, under a prefix with its own name. The parameter requires a restart, and is left to a person.',
  rationale:
    'The audit logs show who connected, as which user, and which statements they ran: after a leak nothing else shows what was read.',
  guidance:
    'Enable audit logging, to CloudWatch Logs or to a bucket whose policy allows redshift.amazonaws.com to put objects and to read its ACL; set enable_user_activity_logging to true in the parameter group, and restart the cluster.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(
      RedshiftClient,
      DisableLoggingCommand,
      ({ resourceId: ClusterIdentifier }) => ({ ClusterIdentifier }),
      [],
      {
        permissions: { 'redshift:DisableLogging': CLUSTERS },
      },
    ),
  ],
  parameters: {
    targetBuckets: {
      description: 'For each region, the bucket that receives audit logs: { eu-west-1: audit-logs-eu-west-1 }.',
      type: 'object',
      additionalProperties: { type: 'string', minLength: 3 },
      default: {} as Readonly<Record<string, string>>,
    },
    userActivity: {
      description: 'Whether the user activity log is required too.',
      type: 'boolean',
      default: true as boolean,
    },
  },
  deadline: '2h',
  evaluate({ logging: { ClusterStatus, LoggingEnabled }, userActivity }, { parameters }) {
    if (!LoggingEnabled) return lacking(ClusterStatus, 'Audit logging is off.', 'logging');
    if (parameters.userActivity && !userActivity.isLogged)
      return nonCompliant(
        `User activity is not logged: enable_user_activity_logging is off in ${userActivity.groups.join(', ')}.`,
        'user activity',
      );
    return compliant('Audit logging is on.');
  },
  plan({ ref, logging: { ClusterStatus, LoggingEnabled }, targetPolicy }, context) {
    if (LoggingEnabled) return byHand('The parameter requires a restart of the cluster.');
    const before = context.lastKnown?.logging;
    if (before?.LoggingEnabled === true) return whereAvailable(ClusterStatus, turnOn(ref.resourceId, asBefore(before)));
    const target = targetRef(ref, context);
    if (target === null) return byHand(`targetBuckets names no bucket for ${ref.region}.`);
    if (targetPolicy === FOREIGN || !letsDeliver(targetPolicy, SERVICE))
      return byHand(`The policy of ${target.resourceId} does not allow ${SERVICE} to put objects.`);
    const destination = { BucketName: target.resourceId, S3KeyPrefix: `${ref.resourceId}/` };
    return whereAvailable(ClusterStatus, turnOn(ref.resourceId, destination));
  },
});
