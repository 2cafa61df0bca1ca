import { CloudWatchLogsClient, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { logGroup } from '../../resources/logs/log-group.ts';
import { set, undoneBy } from '../../step.ts';
import { counted } from '../../text.ts';

const permissions = { 'logs:PutRetentionPolicy': 'arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:*' };

export default defineControl({
  id: 'logs-log-group-retention-set',
  title: 'CloudWatch log groups must be kept for at least a year',
  severity: 'MEDIUM',
  resource: logGroup,
  needs: ['retention'],
  securityControlIds: ['CloudWatch.16'],
  relatedRequirements: [],
  description:
    'The retention of a log group must be at least minimumRetentionDays (365), or none: then its events never expire. It is only ever raised, since a shorter one deletes what is older. Groups of the class DELIVERY always keep two days, and are not evaluated; where a policy of the account sets the retention, that policy has to be changed.',
  rationale: 'Many intrusions are found months later; what the logs no longer hold cannot be investigated.',
  guidance:
    'Set the retention to a year or more. Undoing that deletes events that are older than the retention of before: exempt groups that are large and irrelevant to investigations.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(CloudWatchLogsClient, PutRetentionPolicyCommand, ({ resourceId: logGroupName }) => ({ logGroupName }), [
      'retentionInDays',
    ]),
  ],
  parameters: {
    minimumRetentionDays: {
      description: 'Minimum retention of log events in days; one of the periods that CloudWatch Logs supports.',
      type: 'integer',
      enum: [30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      default: 365,
    },
  },
  evaluate({ retention: { retentionInDays, logGroupClass } }, { parameters: { minimumRetentionDays: days } }) {
    if (retentionInDays === null) return compliant('Log events never expire.');
    if (retentionInDays >= days) return compliant(`Log events are kept for ${counted(retentionInDays, 'day')}.`);
    if (logGroupClass === 'DELIVERY') return notApplicable('A group of the class DELIVERY, which keeps two days.');
    return nonCompliant(`Log events are kept for ${retentionInDays} of ${counted(days, 'day')}.`, 'retentionInDays');
  },
  plan({ ref, retention }, { parameters: { minimumRetentionDays: retentionInDays } }) {
    const { retentionPolicyName: policy } = retention;
    if (policy !== null) return byHand(`The account policy ${policy} sets the retention: change it there.`);
    const target = { logGroupName: ref.resourceId };
    return [
      set(CloudWatchLogsClient, PutRetentionPolicyCommand, target, retention, { retentionInDays }, { permissions }),
    ];
  },
});
