import { listsStatement, ownStatements, PREFIX, type Statement, sendStatement, sub } from './statements.ts';

const arn = (service: string, region: string, rest: string) =>
  sub(`arn:\${AWS::Partition}:${service}:${region}:\${AWS::AccountId}:${rest}`);
const HOME = '${AWS::Region}';

const readStatement = (Sid: string, why: string, Action: readonly string[], Resource: unknown): Statement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
  why,
});

/** The call by which each region proves that its events arrive. */
const beat = readStatement(
  'Beat',
  "tag each region's dead-letter queue, as a heartbeat",
  ['sqs:TagQueue'],
  arn('sqs', '*', `${PREFIX}-failed-events`),
);

/** Whether the secret is there by which a function hands notifications on. `key`: what resources/deployment.cjs says of it. */
const lookAtSecret = (Sid: string, key: string, secret: string, where = '') =>
  readStatement(
    Sid,
    `check${where} that ${secret} exists, without reading it`,
    [`\${file(resources/deployment.cjs):${key}.look}`],
    `\${file(resources/deployment.cjs):${key}.lookAt}`,
  );

/** Statements that hold only where the function is asked for: their names. */
export const LOOK_SIDS: Readonly<Record<string, readonly string[]>> = {
  'slack-actions': ['LookAtSlackSigning'],
  teams: ['LookAtTeams'],
  pagerduty: ['LookAtPagerDuty'],
};

/** What doctor's checks read, all of it our own except for trails. Source: Service Authorization Reference. */
const CHECKS: readonly Statement[] = [
  readStatement(
    'LookAtStack',
    'read the status of its own stack',
    ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'],
    arn('cloudformation', HOME, `stack/${PREFIX}/*`),
  ),
  readStatement(
    'LookAtQueues',
    'count the messages of its own queues, in every region',
    ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
    [arn('sqs', HOME, `${PREFIX}-*`), arn('sqs', '*', `${PREFIX}-failed-events`)],
  ),
  readStatement(
    'LookAtFunctions',
    'read the status of its own functions',
    ['lambda:GetFunctionConcurrency', 'lambda:GetFunctionConfiguration'],
    arn('lambda', HOME, `function:${PREFIX}-*`),
  ),
  readStatement(
    'LookAtTrails',
    'read the settings of trails',
    ['cloudtrail:GetEventSelectors', 'cloudtrail:GetTrail', 'cloudtrail:GetTrailStatus'],
    // An organization's trail belongs to its management account.
    sub('arn:${AWS::Partition}:cloudtrail:*:*:trail/*'),
  ),
  readStatement('LookAtAlarms', 'read alarms', ['cloudwatch:DescribeAlarms'], arn('cloudwatch', HOME, 'alarm:*')),
  readStatement('LookAtSubscriptions', 'read the subscriptions of the topic', ['sns:ListSubscriptionsByTopic'], {
    Ref: 'NoticeTopic',
  }),
  readStatement(
    'LookAtLedger',
    'read the settings of the table of the ledger',
    ['dynamodb:DescribeContinuousBackups', 'dynamodb:DescribeTable'],
    { 'Fn::GetAtt': ['LedgerTable', 'Arn'] },
  ),
  readStatement('LookAtKey', "read the settings of Evenkeel's key", ['kms:DescribeKey'], {
    'Fn::GetAtt': ['Key', 'Arn'],
  }),
  lookAtSecret('LookAtSlack', 'slack', "the secret with the Slack webhook's URL"),
  lookAtSecret('LookAtSlackSigning', 'slackSigning', 'the signing secret of the Slack app', ', with buttons only,'),
  lookAtSecret('LookAtTeams', 'teams', "the secret with the URL of Teams' workflow", ', with teamsSecret only,'),
  lookAtSecret('LookAtPagerDuty', 'pagerDuty', "the secret with PagerDuty's key", ', with pagerDutySecret only,'),
  readStatement(
    'LookAtLists',
    'read lists',
    [
      'cloudtrail:DescribeTrails',
      'cloudtrail:ListTrails',
      'config:DescribeConfigurationRecorderStatus',
      'config:DescribeConfigurationRecorders',
      'ec2:DescribeRegions',
      'ec2:DescribeVpcs',
      'events:ListRuleNamesByTarget',
      'events:ListRules',
      'lambda:ListEventSourceMappings',
    ],
    '*',
  ),
];

const without = (action: string) => (statement: Statement) => ({
  ...statement,
  Action: statement.Action.filter((one) => one !== action),
});

/** The scheduled function reads the whole ledger and its own deployment, sends heartbeats, and sends rechecks and sweeps to the domains' queues. */
export const watchStatements = (domains: readonly string[]): readonly Statement[] => [
  // It counts the messages of its own queue as it does those of the others.
  ...ownStatements('watch').map(without('sqs:GetQueueAttributes')),
  listsStatement(),
  // It asks for the URLs of all queues.
  ...(domains.length === 0 ? [] : [without('sqs:GetQueueUrl')(sendStatement(...domains))]),
  beat,
  ...CHECKS,
];
