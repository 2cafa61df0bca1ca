import { parseArn } from '../../aws/arn.ts';
import { chainOf, isUsable, withoutTrail } from '../../aws/cloudwatch/alarm-chain.ts';
import { type AlarmWishes, nameOf, planAlarms } from '../../aws/cloudwatch/alarm-plan.ts';
import { putAlarm, putFilter, undoOfAlarmSteps } from '../../aws/cloudwatch/alarm-steps.ts';
import { hasSubscriber, takenNames } from '../../aws/cloudwatch/alarms.ts';
import { CIS_PATTERN_IDS, type CisPatternId } from '../../aws/logs/cis-patterns.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { type Aws, onResources, type ResourceRef, Unreadable } from '../../resource.ts';
import { cloudtrailAccount } from '../../resources/cloudtrail/account.ts';
import { agreeing, counted } from '../../text.ts';

interface Wishes {
  readonly parameters: AlarmWishes;
}

/** Security Hub has CloudWatch.1 to CloudWatch.14, the benchmark one more. */
const numbers = (count: number, numbered: (n: number) => string) =>
  Array.from({ length: count }, (_, index) => numbered(index + 1));

export default defineControl({
  id: 'cloudwatch-cis-alarms-enabled',
  title: 'The alarms of section 4 of the CIS benchmark must exist and have a confirmed subscriber',
  severity: 'LOW',
  resource: cloudtrailAccount,
  needs: ['alarmedTrails'],
  related: {
    isHeard: {
      grants: onResources('arn:${AWS::Partition}:sns:*:*:*', 'sns:ListSubscriptionsByTopic'),
      read: async (aws: Aws, _ref: ResourceRef, { parameters: { topicArn } }: Wishes) =>
        topicArn === '' ? null : hasSubscriber(aws, topicArn),
    },
    takenNames: {
      grants: onResources('arn:${AWS::Partition}:cloudwatch:*:${AWS::AccountId}:alarm:*', 'cloudwatch:DescribeAlarms'),
      read: async (aws: Aws, _ref: ResourceRef, { parameters }: Wishes) => {
        const region = parseArn(parameters.topicArn)?.region;
        const names = parameters.expected.map((id) => nameOf(parameters, id));
        return region === undefined ? null : takenNames(aws, region, names);
      },
    },
  },
  securityControlIds: numbers(14, (n) => `CloudWatch.${n}`),
  relatedRequirements: [
    ...requirements('CIS AWS v3.0', numbers(15, (n) => `4.${n}`).join(' ')),
    ...requirements('CIS AWS v5.0', numbers(15, (n) => `4.${n}`).join(' ')),
  ],
  description:
    "For each of the patterns in expected, the log group of a multi-region trail of the account that logs every management event must have a metric filter with that pattern, its metric an alarm whose actions are enabled, and the alarm a topic with a confirmed subscriber. The patterns are those that Security Hub publishes, and the benchmark's own where they differ; blanks, quotation marks and the order of conditions make no difference, further conditions do. Security Hub evaluates the trails of a region each by itself, this control the account. Where only another account's trail covers the account, the control is not applicable: filters and alarms are in that account.",
  rationale:
    'What these patterns select is what an intruder does first: uses the root user, opens a network, stops the recording. Without an alarm, the log is read when it is too late.',
  guidance:
    'Create the missing metric filters on the log group of the trail, an alarm on each metric, and a topic with a confirmed subscription; a topic that is encrypted with the key alias/aws/sns gets no message of an alarm. Where there is no such trail, have one deliver to CloudWatch Logs first (cloudtrail-multi-region-trail-enabled, cloudtrail-cloudwatch-logs-enabled).',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions: { ...putFilter.permissions, ...putAlarm.permissions },
  undoCalls: undoOfAlarmSteps,
  parameters: {
    topicArn: {
      description:
        "The topic, of the trail's home region, that new alarms notify; each alarm is charged for. Empty: a person creates what is missing.",
      type: 'string',
      pattern: '^(arn:[a-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:.+)?$',
      default: '',
    },
    namePrefix: {
      description: 'How the names of new metric filters, metrics and alarms begin.',
      type: 'string',
      pattern: '^[A-Za-z0-9._/-]{0,64}$',
      default: 'cis-',
    },
    metricNamespace: {
      description: 'The namespace of new metrics.',
      type: 'string',
      pattern: '^(?!AWS/)[A-Za-z0-9._/#-]{1,255}$',
      default: 'LogMetrics',
    },
    expected: {
      description: 'The patterns for which there must be an alarm.',
      type: 'array',
      items: { type: 'string', enum: CIS_PATTERN_IDS },
      uniqueItems: true,
      minItems: 1,
      default: CIS_PATTERN_IDS as readonly string[],
    },
  },
  evaluate({ alarmedTrails: trails }, { parameters: { expected } }) {
    if (!trails.some(isUsable)) return withoutTrail(trails);
    const chains = (expected as readonly CisPatternId[]).map((id) => [id, chainOf(id, trails)] as const);
    const missing = chains.flatMap(([id, chain]) =>
      chain === 'whole' || chain instanceof Unreadable ? [] : [`${id} (no ${chain})`],
    );
    if (missing.length > 0) {
      const says = `${missing.length} of ${counted(expected.length, 'pattern')} ${agreeing(missing.length, 'notifies', 'notify')} nobody: ${missing.join(', ')}.`;
      return nonCompliant(says, missing.toSorted());
    }
    const unknown = chains.map(([, chain]) => chain).find((chain) => chain instanceof Unreadable);
    if (unknown !== undefined) throw unknown.error;
    return compliant(`Each of ${counted(expected.length, 'pattern')} has an alarm that notifies somebody.`);
  },
  plan: ({ alarmedTrails: trails, isHeard, takenNames }, { parameters }) =>
    planAlarms(parameters, {
      trails,
      isHeard: isHeard === true,
      takenNames: Array.isArray(takenNames) ? takenNames : [],
    }),
});
