const deploymentOf = require('./deployment.cjs');

/** Every metric of this name that a control, a region or a queue has, as it comes to be: a new control needs no new graph. `words` narrows to names in which they stand. */
const each = (schema, name, statistic, words = '') => [
  { expression: `SEARCH('{${schema}} MetricName="${name}" ${words}', '${statistic}', 300)` },
];

/** Metrics of ours, of this deployment alone: as a whole, by control, by region. */
const of = (prefix) => ({
  whole: (name, label, stat = 'Sum') => ['Evenkeel', name, 'service', prefix, { stat, label }],
  byControl: (name, stat = 'Sum') => each('Evenkeel,service,controlId', name, stat, `service="${prefix}"`),
  byRegion: (name) => each('Evenkeel,service,region', name, 'Maximum', `service="${prefix}"`),
});

/** The graphs, three in a row: the title, and what is drawn. */
const graphsOf = (prefix, receivers, { whole, byControl, byRegion } = of(prefix)) => [
  ['Remediated, and at work at AWS, by control', ...['remediated', 'pending'].map((name) => byControl(name))],
  [
    'Detected and left to a person, by control',
    ...['detected', 'awaitingApproval', 'exempted'].map((name) => byControl(name)),
  ],
  ['Failed, blocked or halted, by control', ...['failed', 'blocked', 'halted'].map((name) => byControl(name))],
  ['From the call to verified, ms', whole('TimeToVerified', 'p50', 'p50'), whole('TimeToVerified', 'p99', 'p99')],
  ['From the call to verified, p50 by control, ms', byControl('TimeToVerified', 'p50')],
  ['From the call to verified, p99 by control, ms', byControl('TimeToVerified', 'p99')],
  ['Stopped', whole('StoppedByBreaker', 'breaker'), whole('StoppedByFlap', 'flap'), whole('StoppedByPause', 'pause')],
  ['Messages that wait', each('AWS/SQS,QueueName', 'ApproximateNumberOfMessagesVisible', 'Maximum', prefix)],
  ['How long the oldest waits, s', each('AWS/SQS,QueueName', 'ApproximateAgeOfOldestMessage', 'Maximum', prefix)],
  ['Missed heartbeats', whole('HeartbeatMissed', 'any', 'Maximum'), byRegion('HeartbeatMissed')],
  ['From a call to its event, s', whole('HeartbeatDelay', 'slowest region', 'Maximum'), byRegion('HeartbeatDelay')],
  [
    'Events that a region could not forward',
    whole('UnforwardedEvents', 'most', 'Maximum'),
    byRegion('UnforwardedEvents'),
  ],
  ['Sweeps', whole('SweptResources', 'evaluated'), whole('SweepRechecks', 'rechecked')],
  ['Compliant or not applicable', whole('compliant', 'compliant'), whole('notApplicable', 'not applicable')],
  [
    `Notifications: to ${['Slack', ...receivers].join(', ')}, and those that did not arrive`,
    [
      'AWS/SNS',
      'NumberOfNotificationsFailed',
      'TopicName',
      `${prefix}-notices`,
      { stat: 'Sum', label: 'topic failed' },
    ],
    whole('SlackFailed', 'Slack failed'),
    whole('SlackPosted', 'Slack posted'),
    ...receivers.flatMap((name) =>
      ['Failed', 'Posted'].map((what) => whole(`${name}${what}`, `${name} ${what.toLowerCase()}`)),
    ),
  ],
  [
    'Functions: errors and throttles',
    ...['Errors', 'Throttles'].map((name) => each('AWS/Lambda,FunctionName', name, 'Sum', prefix)),
  ],
  ['Functions: p99 of their duration, ms', each('AWS/Lambda,FunctionName', 'Duration', 'p99', prefix)],
];

const graph = ([title, ...metrics], index) => ({
  type: 'metric',
  ...{ x: (index % 3) * 8, y: 2 + Math.floor(index / 3) * 6, width: 8, height: 6 },
  properties: { title, metrics, region: '${AWS::Region}', period: 300 },
});

const headline = (prefix) => ({
  type: 'text',
  ...{ x: 0, y: 0, width: 24, height: 2 },
  properties: {
    markdown: `# Evenkeel \`${prefix}\`\nWhat is wrong, and its remedy: \`npx evenkeel doctor\` · what was done: \`npx evenkeel history\` · stop it: \`npx evenkeel pause\``,
  },
});

/** Who is notified beside Slack, where deployment.yml asks for it: the name, with which its metrics begin. */
const RECEIVERS = { teams: 'Teams', pagerduty: 'PagerDuty' };

/** The dashboard of a deployment, as a text in which CloudFormation fills in the region. */
module.exports = async (framework) => {
  const { resolveVariable } = framework;
  const prefix = `${await resolveVariable('self:service')}-${await resolveVariable('sls:stage')}`;
  const { optional } = await deploymentOf(framework);
  const receivers = Object.entries(RECEIVERS).flatMap(([name, receiver]) =>
    optional.includes(name) ? [receiver] : [],
  );
  return {
    body: JSON.stringify({ start: '-PT24H', widgets: [headline(prefix), ...graphsOf(prefix, receivers).map(graph)] }),
  };
};
