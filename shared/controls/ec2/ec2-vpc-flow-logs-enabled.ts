import type { FlowLog } from '@aws-sdk/client-ec2';
import { parseArn } from '../../aws/arn.ts';
import {
  asBefore,
  createFlowLog,
  type Destination,
  FLOW_LOGS_SERVICE,
  isGood,
  recordsRejected,
  undoOfCreateFlowLog,
} from '../../aws/ec2/flow-logs.ts';
import { isTrusting, parsePolicy } from '../../aws/iam/policy-document.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { FOREIGN, type ResourceRef, related } from '../../resource.ts';
import { vpc } from '../../resources/ec2/vpc.ts';
import { role } from '../../resources/iam/role.ts';
import { logGroup } from '../../resources/logs/log-group.ts';

/** What a flow log is to be created from: the one that there was, else the parameters. */
interface Wishes {
  readonly parameters: {
    readonly logDestination: string;
    readonly deliverLogsRoleArn: string;
    readonly trafficType: string;
  };
  readonly lastKnown: { readonly flowLogs?: readonly FlowLog[] } | null;
}

function wanted({ parameters, lastKnown }: Wishes): Destination | null {
  const lost = lastKnown?.flowLogs?.find(isGood);
  if (lost !== undefined) return asBefore(lost);
  const { logDestination, deliverLogsRoleArn } = parameters;
  const TrafficType = parameters.trafficType as Destination['TrafficType'];
  if (logDestination === '') return null;
  if (logDestination.startsWith('arn:'))
    return { TrafficType, LogDestinationType: 's3', LogDestination: logDestination };
  const DeliverLogsPermissionArn = deliverLogsRoleArn;
  return {
    TrafficType,
    LogDestinationType: 'cloud-watch-logs',
    LogGroupName: logDestination,
    DeliverLogsPermissionArn,
  };
}

/** `arn:aws:logs:eu-west-1:111122223333:log-group:flow-logs`, with or without `:*` at its end. */
function logGroupRef({ accountId, region }: ResourceRef, wishes: Wishes) {
  const { LogDestinationType, LogGroupName, LogDestination } = wanted(wishes) ?? {};
  if (LogDestinationType !== 'cloud-watch-logs') return null;
  const arn = parseArn(LogDestination);
  const resourceId = arn?.resource.split(':')[1] ?? LogGroupName;
  if (resourceId === undefined) return null;
  return { resourceId, accountId: arn?.accountId ?? accountId, region: arn?.region ?? region };
}

/** `arn:aws:iam::111122223333:role/delivery/flow-logs` */
function roleRef({ region }: ResourceRef, wishes: Wishes) {
  const arn = parseArn(wanted(wishes)?.DeliverLogsPermissionArn);
  const resourceId = arn?.resource.split('/').at(-1);
  return arn === null || resourceId === undefined ? null : { resourceId, accountId: arn.accountId, region };
}

export default defineControl({
  id: 'ec2-vpc-flow-logs-enabled',
  title: 'VPC flow logs must be enabled in every VPC',
  severity: 'MEDIUM',
  resource: vpc,
  needs: ['vpc', 'flowLogs'],
  lastKnown: ['flowLogs'],
  related: {
    logGroup: related(logGroup, 'logGroup', logGroupRef),
    trustPolicy: related(role, 'trustPolicy', roleRef),
  },
  securityControlIds: ['EC2.6'],
  relatedRequirements: [
    'AWS FSBP EC2.6',
    'CIS AWS v3.0 3.7',
    'CIS AWS v5.0 3.7',
    ...requirements(
      'PCI DSS v4.0',
      '5.3.4 10.2.1 10.2.1.1 10.2.1.2 10.2.1.3 10.2.1.4 10.2.1.5 10.2.1.6 10.2.1.7 10.2.2 10.3.1 10.6.3 A1.2.1',
    ),
    ...requirements(
      'NIST 800-53 r5',
      'AC-4(26) AU-2 AU-3 AU-6(3) AU-6(4) AU-6(6) AU-6(9) AU-8 AU-12 AU-12(1) AU-12(2) AU-12(3) AU-12(4) AU-14 AU-14(3) CA-7 CM-5(1) CM-6 CM-9 IA-3(3) MA-4(1) PM-14 PM-31 SI-4(17) SI-7(8)',
    ),
    ...requirements('SOC 2', 'CC7.2 CC7.3'),
  ],
  description:
    'Each VPC must have a flow log that is active, records rejected traffic (or all), and delivers. One that was deleted is recreated as it was; where there was none, one is created that delivers where the parameters say.',
  rationale:
    'Flow logs show accepted and rejected connections; an intruder who deletes them leaves no trace of where the data went.',
  guidance:
    'Create a flow log of the VPC for all traffic. If a flow log does not deliver, its log group or bucket is missing, or its role has no permission to write there.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions: createFlowLog.permissions,
  passedRoles: ({ deliverLogsRoleArn }) => (deliverLogsRoleArn === '' ? null : [deliverLogsRoleArn]),
  undoCalls: [undoOfCreateFlowLog],
  parameters: {
    logDestination: {
      description:
        'Where a new flow log delivers: the name of a log group of the region, or the ARN of a bucket whose policy allows delivery.logs.amazonaws.com to write. Empty: only a flow log that was deleted is recreated.',
      type: 'string',
      default: '',
    },
    deliverLogsRoleArn: {
      description:
        'The only role with which a new flow log may write to a log group; Evenkeel may then pass no other to flow logs. Empty: the one that a deleted flow log had. A bucket requires none.',
      type: 'string',
      default: '',
    },
    trafficType: {
      description: 'What a new flow log records. Rejected traffic alone is enough, and costs less.',
      type: 'string',
      enum: ['ALL', 'REJECT'],
      default: 'ALL',
    },
  },
  evaluate({ ref, vpc: { ownerId }, flowLogs }) {
    if (ownerId !== ref.accountId) return notApplicable(`The VPC belongs to account ${ownerId}.`);
    const good = flowLogs.find(isGood);
    if (good !== undefined) return compliant(`${good.FlowLogId} records ${good.TrafficType} traffic of the VPC.`);
    const failing = flowLogs.find(recordsRejected);
    if (failing !== undefined) {
      const { FlowLogId, DeliverLogsErrorMessage: why = 'no reason given' } = failing;
      return nonCompliant(`The flow log ${FlowLogId} of the VPC does not deliver: ${why}.`, ['delivery', FlowLogId]);
    }
    const others = flowLogs.length > 0 ? ' that records rejected traffic' : '';
    return nonCompliant(`The VPC has no flow log${others}.`);
  },
  plan({ ref, flowLogs, logGroup, trustPolicy }, context) {
    if (flowLogs.some(recordsRejected))
      return byHand('A flow log that does not deliver has to be repaired at its destination.');
    const destination = wanted(context);
    if (destination === null) return byHand('The parameter logDestination is empty.');
    if (destination.LogDestinationType === 'kinesis-data-firehose')
      return byHand('A flow log that delivers to Firehose requires more permissions than Evenkeel has.');
    if (destination.LogDestinationType === 's3') return [createFlowLog(ref.resourceId, destination)];
    const { deliverLogsRoleArn: allowed } = context.parameters;
    const { DeliverLogsPermissionArn: own } = destination;
    if (own !== undefined && !['', own].includes(allowed))
      return byHand(`The flow log wrote to its log group with ${own}, and policy.yml allows ${allowed} alone.`);
    // AWS creates a flow log also where its log group does not exist, and it never delivers.
    if (logGroup === null) return byHand('The log group that the flow log would deliver to does not exist.');
    if (trustPolicy === null) return byHand('The role of the flow log does not exist.');
    if (trustPolicy === FOREIGN || !isTrusting(parsePolicy(trustPolicy), FLOW_LOGS_SERVICE))
      return byHand(`The trust policy of the role of the flow log does not allow ${FLOW_LOGS_SERVICE} to assume it.`);
    return [createFlowLog(ref.resourceId, destination)];
  },
});
