import {
  CreateFlowLogsCommand,
  type CreateFlowLogsRequest,
  type CreateFlowLogsResult,
  DeleteFlowLogsCommand,
  EC2Client,
  type FlowLog,
} from '@aws-sdk/client-ec2';
import { step, stepBuilder, undoneBy } from '../../step.ts';

/** Who writes flow logs to a log group, by a role that trusts it. */
export const FLOW_LOGS_SERVICE = 'vpc-flow-logs.amazonaws.com';
const ELEMENTS = ['flow log'];

/** Where a flow log delivers, and how. */
export type Destination = Omit<CreateFlowLogsRequest, 'ResourceIds' | 'ResourceType'>;

/** True for a flow log that records rejected traffic. */
export const recordsRejected = ({ FlowLogStatus, TrafficType }: FlowLog): boolean =>
  FlowLogStatus === 'ACTIVE' && (TrafficType === 'ALL' || TrafficType === 'REJECT');
export const isDelivering = ({ DeliverLogsStatus }: FlowLog): boolean => DeliverLogsStatus !== 'FAILED';
export const isGood = (flowLog: FlowLog): boolean => recordsRejected(flowLog) && isDelivering(flowLog);

/** A flow log as it was. AWS takes either the group's name or the destination. */
export function asBefore(lost: FlowLog): Destination {
  const { TrafficType, LogDestinationType, LogDestination, LogGroupName, LogFormat, MaxAggregationInterval } = lost;
  const tags = lost.Tags?.filter(({ Key = '' }) => !Key.startsWith('aws:')) ?? [];
  return {
    TrafficType,
    LogDestinationType,
    ...(LogDestination === undefined ? { LogGroupName } : { LogDestination }),
    ...(lost.DeliverLogsPermissionArn && { DeliverLogsPermissionArn: lost.DeliverLogsPermissionArn }),
    ...(lost.DeliverCrossAccountRole && { DeliverCrossAccountRole: lost.DeliverCrossAccountRole }),
    ...(LogFormat && { LogFormat }),
    ...(MaxAggregationInterval && { MaxAggregationInterval }),
    ...(lost.DestinationOptions && { DestinationOptions: lost.DestinationOptions }),
    ...(tags.length > 0 && { TagSpecifications: [{ ResourceType: 'vpc-flow-log', Tags: tags }] }),
  };
}

const FLOW_LOGS = 'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:vpc-flow-log/*';

export const createFlowLog = stepBuilder(
  {
    'ec2:CreateFlowLogs': ['arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:vpc/*', FLOW_LOGS],
    'ec2:CreateTags': {
      resources: FLOW_LOGS,
      condition: { StringEquals: { 'ec2:CreateAction': 'CreateFlowLogs' } },
    },
    'iam:PassRole': {
      resources: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*',
      condition: { StringEquals: { 'iam:PassedToService': FLOW_LOGS_SERVICE } },
    },
    'logs:CreateLogDelivery': '*',
  },
  (vpcId: string, destination: Destination) => {
    const remove = ({ FlowLogIds }: CreateFlowLogsResult) => {
      if (FlowLogIds === undefined) throw new TypeError('the id of the new flow log is not known');
      return [step(EC2Client, DeleteFlowLogsCommand, { FlowLogIds }, { elements: ELEMENTS })];
    };
    const input = { ResourceIds: [vpcId], ResourceType: 'VPC' as const, ...destination };
    const options = { elements: ELEMENTS, satisfiedBy: ['FlowLogAlreadyExists'], undo: remove };
    return step(EC2Client, CreateFlowLogsCommand, input, options);
  },
);

interface Recorded {
  readonly flowLogs?: readonly FlowLog[];
}

/** The one flow log that there was not before. */
function createdBetween(before: Recorded, after: Recorded) {
  const known = new Set(before.flowLogs?.map(({ FlowLogId }) => FlowLogId));
  const ids = (after.flowLogs ?? []).flatMap(({ FlowLogId = '' }) => (known.has(FlowLogId) ? [] : FlowLogId));
  return ids.length === 1 && ids[0] !== '' ? { FlowLogIds: ids } : null;
}

/** AWS chooses the id of a flow log. */
export const undoOfCreateFlowLog = undoneBy(EC2Client, DeleteFlowLogsCommand, () => ({}), ['FlowLogIds'], {
  permissions: { 'ec2:DeleteFlowLogs': FLOW_LOGS, 'logs:DeleteLogDelivery': '*' },
  lost: {
    operation: 'CreateFlowLogs',
    input: (before, after) => createdBetween(before as Recorded, after as Recorded),
  },
});
