import scene from '../../../scenes/cloudwatch/cloudwatch-cis-alarms-enabled.ts';
import type { AlarmedFilter, AlarmedTrail, MetricAlarmState } from '../../../shared/aws/cloudwatch/alarm-chain.ts';
import { CIS_PATTERNS, type CisPatternId } from '../../../shared/aws/logs/cis-patterns.ts';
import control from '../../../shared/controls/cloudtrail/cloudwatch-cis-alarms-enabled.ts';
import { FOREIGN, Unreadable } from '../../../shared/resource.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const TOPIC = `arn:aws:sns:us-east-1:${SAMPLE_ACCOUNT}:security-alarms`;
const LOG_GROUP = { name: 'audit', region: 'us-east-1' };
const denied = new Unreadable('the trail', Object.assign(new Error('denied'), { name: 'AccessDeniedException' }));

const alarm = (name: string, ...topics: MetricAlarmState['topics']): MetricAlarmState => ({
  name,
  actionsEnabled: true,
  topics,
});
const filter = (detects: CisPatternId | null, alarms: AlarmedFilter['alarms'], name = `cis-${detects}`) => ({
  name,
  detects,
  metric: { namespace: 'security', name: `counted ${name}` },
  alarms,
});
const trail = (filters: readonly AlarmedFilter[], rest: Partial<AlarmedTrail> = {}): AlarmedTrail => ({
  name: 'audit',
  isForeign: false,
  recordsAll: true,
  excluded: [],
  logGroup: LOG_GROUP,
  filters,
  ...rest,
});
const given = (...trails: (AlarmedTrail | Unreadable)[]) => ({ alarmedTrails: trails });
const withTopic = { isHeard: true, takenNames: [] as readonly string[] };
const withoutTopic = { isHeard: null, takenNames: null };
const wanted = (...expected: CisPatternId[]) => ({ topicArn: TOPIC, expected });

const root = filter('root-user-usage', [alarm('root', true)]);
const keys = filter('kms-key-deletions', [alarm('keys', false, true)]);
const both = wanted('root-user-usage', 'kms-key-deletions');
const organization = trail([], { name: 'organization', isForeign: true, recordsAll: false, logGroup: FOREIGN });

const putFilter = (id: CisPatternId) =>
  [
    'PutMetricFilter',
    {
      logGroupName: 'audit',
      filterName: `cis-${id}`,
      filterPattern: CIS_PATTERNS[id].pattern,
      metricTransformations: [
        { metricName: `cis-${id}`, metricNamespace: 'LogMetrics', metricValue: '1', defaultValue: 0 },
      ],
    },
  ] as const;
const putAlarm = (id: CisPatternId, requirement: string, Namespace = 'LogMetrics', MetricName = `cis-${id}`) =>
  [
    'PutMetricAlarm',
    {
      AlarmName: `cis-${id}`,
      AlarmDescription: `CIS AWS Foundations Benchmark ${requirement}: ${id}`,
      Namespace,
      MetricName,
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      ActionsEnabled: true,
      AlarmActions: [TOPIC],
    },
  ] as const;
const noFilter = { given: { ...given(trail([root])), ...withTopic }, parameters: both, plan: [] };

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: {
    'every pattern that is expected notifies somebody': { ...given(trail([root, keys])), parameters: both },
    'on different trails': { ...given(trail([root]), trail([keys], { name: 'second' })), parameters: both },
    'beside what could not be read': {
      ...given(denied, trail([filter('root-user-usage', denied, 'other'), root, keys])),
      parameters: both,
    },
    'one good alarm of several': {
      ...given(trail([filter('root-user-usage', [{ ...alarm('off', true), actionsEnabled: false }]), root])),
      parameters: wanted('root-user-usage'),
    },
    'a source that is excluded, and of which no pattern is expected': {
      ...given(trail([root], { excluded: ['kms.amazonaws.com'] })),
      parameters: wanted('root-user-usage'),
    },
  },
  notApplicable: {
    "the organization's trail alone covers the account": given(organization),
    'beside a trail of our own that is stopped': given(organization, trail([], { recordsAll: false })),
  },
  unreadable: {
    'the trail that could have it all': [given(denied), 'the trail'],
    'beside one that has no log group': [given(denied, trail([], { logGroup: null })), 'the trail'],
    'the alarms of a filter': [given(trail([...allBut('vpc-changes'), filter('vpc-changes', denied)])), 'the trail'],
    'the subscribers of a topic': [
      given(trail([...allBut('vpc-changes'), filter('vpc-changes', [alarm('vpc', denied)])])),
      'the trail',
    ],
  },
  nonCompliant: {
    'a pattern has no metric filter': {
      given: { ...given(trail([root])), ...withTopic },
      parameters: both,
      plan: [putFilter('kms-key-deletions'), putAlarm('kms-key-deletions', '4.7')],
      after: given(trail([root, keys])),
      says: '1 of 2 patterns notifies nobody: kms-key-deletions (no metric filter).',
      elements: [
        ['metric filter cis-kms-key-deletions of audit'],
        ['alarm cis-kms-key-deletions', 'metric filter cis-kms-key-deletions of audit'],
      ],
      undo: [
        ['DeleteMetricFilter', { logGroupName: 'audit', filterName: 'cis-kms-key-deletions' }],
        ['DeleteAlarms', { AlarmNames: ['cis-kms-key-deletions'] }],
      ],
      same: { 'beside other filters': given(trail([filter(null, [], 'errors'), root])) },
      other: {
        'another one too': given(trail([])),
        'and now nobody listens': given(trail([filter('root-user-usage', [alarm('root', false)]), keys])),
      },
    },
    'a metric filter has no alarm: its own metric gets one': {
      given: { ...given(trail([filter('root-user-usage', [], 'somebody-elses'), keys])), ...withTopic },
      parameters: both,
      plan: [putAlarm('root-user-usage', '4.3', 'security', 'counted somebody-elses')],
      after: given(trail([root, keys])),
      says: 'root-user-usage (no alarm)',
    },
    'an alarm whose actions are disabled, under another name': {
      given: {
        ...given(trail([filter('root-user-usage', [{ ...alarm('root', true), actionsEnabled: false }])])),
        ...withTopic,
      },
      parameters: wanted('root-user-usage'),
      plan: [putAlarm('root-user-usage', '4.3', 'security', 'counted cis-root-user-usage')],
      after: given(trail([root])),
      says: 'root-user-usage (no enabled action)',
    },
    'the alarm that would be made is there, and its actions are disabled': {
      given: {
        ...given(trail([filter('root-user-usage', [{ ...alarm('cis-root', true), actionsEnabled: false }])])),
        isHeard: true,
        takenNames: ['cis-root-user-usage'],
      },
      parameters: wanted('root-user-usage'),
      plan: [],
      byHand: 'The alarm cis-root-user-usage exists',
    },
    'nobody has confirmed a subscription': {
      given: { ...given(trail([filter('root-user-usage', [alarm('root', false), alarm('none')])])), ...withTopic },
      parameters: wanted('root-user-usage'),
      plan: [putAlarm('root-user-usage', '4.3', 'security', 'counted cis-root-user-usage')],
      after: given(trail([root])),
      says: 'root-user-usage (no confirmed subscriber)',
    },
    'one lacks an alarm, of another nothing can be said': {
      given: { ...given(trail([filter('kms-key-deletions', [])])), ...withTopic },
      parameters: wanted('kms-key-deletions'),
      plan: [putAlarm('kms-key-deletions', '4.7', 'security', 'counted cis-kms-key-deletions')],
      after: given(trail([keys])),
      same: { unreadable: given(trail([filter('root-user-usage', denied), filter('kms-key-deletions', [])])) },
    },
    'all of it, on the trail that has most': {
      given: {
        ...given(trail([], { name: 'empty', logGroup: { ...LOG_GROUP, name: 'empty' } }), trail([root])),
        ...withTopic,
      },
      parameters: both,
      plan: [putFilter('kms-key-deletions'), putAlarm('kms-key-deletions', '4.7')],
      after: given(trail([root, keys])),
    },
    'nobody names a topic': {
      given: { ...given(trail([])), ...withoutTopic },
      plan: [],
      byHand: 'topicArn names no topic',
      says: '15 of 15 patterns notify nobody: ',
    },
    'the topic that is named is in another region': {
      ...noFilter,
      parameters: { ...both, topicArn: `arn:aws:sns:eu-west-1:${SAMPLE_ACCOUNT}:security-alarms` },
      byHand: 'audit delivers in us-east-1',
    },
    'nobody listens to the topic that is named': {
      ...noFilter,
      given: { ...noFilter.given, isHeard: false },
      byHand: 'has no confirmed subscription',
    },
    'the name of the filter is taken': {
      ...noFilter,
      given: { ...given(trail([root, filter(null, [], 'cis-kms-key-deletions')])), ...withTopic },
      byHand: 'cis-kms-key-deletions has another pattern',
    },
    'the name of the alarm is taken': {
      ...noFilter,
      given: { ...noFilter.given, takenNames: ['cis-kms-key-deletions'] },
      byHand: 'it is not replaced',
    },
    'the log group takes no further filter': {
      ...noFilter,
      given: {
        ...given(trail([root, ...Array.from({ length: 99 }, (_, n) => filter(null, [], `own-${n}`))])),
        ...withTopic,
      },
      byHand: 'audit has 100 metric filters, and takes 100',
    },
    'the trail excludes the events': {
      ...noFilter,
      given: { ...given(trail([root, keys], { excluded: ['kms.amazonaws.com'] })), ...withTopic },
      byHand: 'audit excludes the events of kms.amazonaws.com',
      says: 'kms-key-deletions (no events)',
    },
    'a trail without a log group': {
      given: { ...given(trail([], { logGroup: null })), ...withTopic },
      plan: [],
      byHand: 'deliver to CloudWatch Logs first',
      says: 'No multi-region trail that logs every management event delivers to CloudWatch Logs.',
      same: { 'one that is stopped': given(trail([], { recordsAll: false })), 'no trail': given() },
    },
    'a trail that delivers to a log group of another account': {
      given: { ...given(organization, trail([], { logGroup: FOREIGN })), ...withTopic },
      plan: [],
      byHand: 'in this account',
      says: 'audit delivers to a log group of another account',
    },
  },
});

/** A filter of each pattern with an alarm that notifies somebody, but of one. */
function allBut(id: CisPatternId): readonly AlarmedFilter[] {
  const others = (Object.keys(CIS_PATTERNS) as CisPatternId[]).filter((one) => one !== id);
  return others.map((one) => filter(one, [alarm(one, true)]));
}

testScene(control, scene);
