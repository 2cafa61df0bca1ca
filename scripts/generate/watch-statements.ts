import { listsStatement, ownStatements, PREFIX, type Statement, sendStatement, sub } from './statements.ts';

const arn = (service: string, region: string, rest: string) =>
  sub(`arn:\${AWS::Partition}:${service}:${region}:\${AWS::AccountId}:${rest}`);
const HOME = '${AWS::Region}';

const look = (Sid: string, why: string, Action: readonly string[], Resource: unknown): Statement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
  why,
});

/** The one call by which each region shows that its changes still arrive. */
const beat = look(
  'Beat',
  "put a tag on each region's queue of failed events, as a heartbeat",
  ['sqs:TagQueue'],
  arn('sqs', '*', `${PREFIX}-failed-events`),
);

/** What doctor's checks read, all of it our own except for trails. Source: Service Authorization Reference. */
const EXAMINATIONS: readonly Statement[] = [
  look(
    'LookAtStack',
    'read how its own stack stands',
    ['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'],
    arn('cloudformation', HOME, `stack/${PREFIX}/*`),
  ),
  look(
    'LookAtQueues',
    'count the messages of its own queues, in every region',
    ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
    [arn('sqs', HOME, `${PREFIX}-*`), arn('sqs', '*', `${PREFIX}-failed-events`)],
  ),
  look(
    'LookAtFunctions',
    'read how its own functions stand',
    ['lambda:GetFunctionConcurrency', 'lambda:GetFunctionConfiguration'],
    arn('lambda', HOME, `function:${PREFIX}-*`),
  ),
  look(
    'LookAtTrails',
    'read settings of trails',
    ['cloudtrail:GetEventSelectors', 'cloudtrail:GetTrail', 'cloudtrail:GetTrailStatus'],
    // An organisation's trail belongs to its management account.
    sub('arn:${AWS::Partition}:cloudtrail:*:*:trail/*'),
  ),
  look('LookAtAlarms', 'see alarms', ['cloudwatch:DescribeAlarms'], arn('cloudwatch', HOME, 'alarm:*')),
  look('LookAtSubscriptions', 'see who is told', ['sns:ListSubscriptionsByTopic'], { Ref: 'NoticeTopic' }),
  look(
    'LookAtLedger',
    'read the settings of the table of the ledger',
    ['dynamodb:DescribeContinuousBackups', 'dynamodb:DescribeTable'],
    { 'Fn::GetAtt': ['LedgerTable', 'Arn'] },
  ),
  look('LookAtKey', "read the settings of Evenkeel's key", ['kms:DescribeKey'], { 'Fn::GetAtt': ['Key', 'Arn'] }),
  look(
    'LookAtSlack',
    "see that the Slack webhook's address is there, and not what it is",
    ['${file(resources/deployment.cjs):slack.look}'],
    '${file(resources/deployment.cjs):slack.lookAt}',
  ),
  look(
    'LookAtLists',
    'read lists',
    [
      'cloudtrail:ListTrails',
      'ec2:DescribeRegions',
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

/** The function of the schedules looks over the whole ledger and its own deployment, beats, and sends what is to be looked at to the domains' queues. */
export const watchStatements = (domains: readonly string[]): readonly Statement[] => [
  // It counts the messages of its own queue as it does those of the others.
  ...ownStatements('watch').map(without('sqs:GetQueueAttributes')),
  listsStatement(),
  // It asks for the URLs of all queues.
  ...(domains.length === 0 ? [] : [without('sqs:GetQueueUrl')(sendStatement(...domains))]),
  beat,
  ...EXAMINATIONS,
];
