import { CloudTrailClient, UpdateTrailCommand } from '@aws-sdk/client-cloudtrail';
import { OWN_TRAILS, ownTrailName } from '../../aws/cloudtrail/trail-arn.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { partitionOf, type ResourceRef } from '../../resource.ts';
import { trail } from '../../resources/cloudtrail/trail.ts';
import { set, undoneBy } from '../../step.ts';
import { DAY_MS } from '../../time.ts';

const SERVICE = 'cloudtrail.amazonaws.com';
const permissions = {
  'cloudtrail:UpdateTrail': OWN_TRAILS,
  'iam:PassRole': {
    resources: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*',
    condition: { StringEquals: { 'iam:PassedToService': SERVICE } },
  },
};

/** A log group, and the role by which the trail writes to it: CloudTrail takes both or neither. */
interface Delivery {
  readonly CloudWatchLogsLogGroupArn: string;
  readonly CloudWatchLogsRoleArn: string;
}
/** What CloudTrail takes for "to no log group". */
const NONE: Delivery = { CloudWatchLogsLogGroupArn: '', CloudWatchLogsRoleArn: '' };

/** What the delivery is to be: as it was, else as the parameters say. */
interface Wishes {
  readonly parameters: { readonly logGroupName: string; readonly roleArn: string };
  readonly lastKnown: { readonly logsDestination?: { readonly [N in keyof Delivery]: string | null } } | null;
}

function wanted({ accountId, region }: ResourceRef, { parameters, lastKnown }: Wishes): Delivery | null {
  const { CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn } = lastKnown?.logsDestination ?? {};
  if (CloudWatchLogsLogGroupArn && CloudWatchLogsRoleArn) return { CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn };
  const { logGroupName, roleArn } = parameters;
  if (logGroupName === '' || roleArn === '') return null;
  const arn = `arn:${partitionOf(region)}:logs:${region}:${accountId}:log-group:${logGroupName}:*`;
  return { CloudWatchLogsLogGroupArn: arn, CloudWatchLogsRoleArn: roleArn };
}

export default defineControl({
  id: 'cloudtrail-cloudwatch-logs-enabled',
  title: 'CloudTrail must deliver to CloudWatch Logs',
  severity: 'MEDIUM',
  resource: trail,
  needs: ['logsDestination', 'logsDelivery'],
  lastKnown: ['logsDestination'],
  securityControlIds: ['CloudTrail.5'],
  relatedRequirements: [
    'AWS FSBP CloudTrail.5',
    ...requirements(
      'PCI DSS v4.0',
      '5.3.4 10.2.1 10.2.1.1 10.2.1.2 10.2.1.3 10.2.1.4 10.2.1.5 10.2.1.6 10.2.1.7 10.2.2 10.3.1 10.4.1.1 10.6.3 11.5.2 11.6.1 12.10.5 A1.2.1 A3.3.1 A3.5.1',
    ),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(4) AC-3(1) AC-3(10) AC-4(26) AC-6(9) AU-2 AU-3 AU-4(1) AU-6(1) AU-6(3) AU-6(4) AU-6(5) AU-6(6) AU-6(9) AU-7(1) AU-8 AU-9(7) AU-10 AU-12 AU-12(1) AU-12(2) AU-12(3) AU-12(4) AU-14 AU-14(3) AU-16 CA-7 CM-5(1) CM-6 CM-9 IA-3(3) MA-4(1) PM-14 PM-31 SC-7(9) SI-1(1) SI-3(8) SI-4(2) SI-4(17) SI-4(20) SI-7(8) SI-10(1)',
    ),
    ...requirements('SOC 2', 'A1.2 CC7.2 CC7.3 PI1.3'),
  ],
  description:
    'Every trail of the account must have a log group, and have written to it within the last day. A delivery that was removed is restored as it was; a trail that never had one gets the log group and the role of the parameters; CloudTrail refuses them where it cannot deliver with them.',
  rationale: 'Metric filters and alarms evaluate log groups: what is only in a bucket is read when it is too late.',
  guidance:
    'Give the trail a log group and a role that cloudtrail.amazonaws.com may use, with logs:CreateLogStream and logs:PutLogEvents. If a trail no longer delivers, its log group is missing, or its role has no permission to write there.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(
      CloudTrailClient,
      UpdateTrailCommand,
      (ref) => ({ Name: ownTrailName(ref.resourceId, ref.accountId) ?? '' }),
      ['CloudWatchLogsLogGroupArn', 'CloudWatchLogsRoleArn'],
    ),
  ],
  parameters: {
    logGroupName: {
      description:
        "The log group, of the trail's home region, that a trail delivers to; empty: only a previous delivery is restored.",
      type: 'string',
      default: '',
    },
    roleArn: { description: 'The role with which the trail writes to it.', type: 'string', default: '' },
  },
  evaluate({ ref, logsDestination: { CloudWatchLogsLogGroupArn: group }, logsDelivery }, { now }) {
    const name = ownTrailName(ref.resourceId, ref.accountId);
    if (name === null) return notApplicable('The trail belongs to another account.');
    if (group === null) return nonCompliant(`${name} delivers to no log group.`);
    const { LatestCloudWatchLogsDeliveryTime: time, LatestCloudWatchLogsDeliveryError: error } = logsDelivery;
    const isLate = time !== null && now.getTime() - Date.parse(time) > DAY_MS;
    if (isLate || (time === null && error !== null))
      return nonCompliant(`${name} last wrote to its log group ${time ?? 'never'}: ${error ?? 'no error is given'}.`, [
        'delivery',
        group,
      ]);
    return compliant(`${name} delivers to ${group}.`);
  },
  plan({ ref, logsDestination: { CloudWatchLogsLogGroupArn } }, context) {
    if (CloudWatchLogsLogGroupArn !== null)
      return byHand('A delivery that fails has to be repaired at its log group or its role.');
    const delivery = wanted(ref, context);
    if (delivery === null) return byHand('The parameters logGroupName and roleArn are not both set.');
    // CloudTrail tries both before it takes them: it refuses a group or a role by which it cannot write.
    const Name = ownTrailName(ref.resourceId, ref.accountId) ?? '';
    return [set(CloudTrailClient, UpdateTrailCommand, { Name }, NONE, delivery, { permissions })];
  },
});
