const { createHash } = require('node:crypto');
const { writeSync } = require('node:fs');
const parametersOf = require('./parameters.cjs');
const { allRegions, isOptIn } = require('./regions.cjs');

/** The message that a schedule puts into the queue of the watch function. */
const message = (task, stack, regions) =>
  JSON.stringify({ source: 'evenkeel', 'detail-type': 'Evenkeel Watch', detail: { task, stack, regions } });

/** Called by its address, however that is written: by its place in the list, CloudFormation would end the subscription of one whose neighbour is taken out. */
const subscription = (Endpoint) => [
  `Email${createHash('sha256').update(Endpoint.toLowerCase()).digest('hex').slice(0, 12)}`,
  {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: { Ref: 'NoticeTopic' },
      Protocol: 'email',
      Endpoint,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } },
    },
  },
];

/** How a secret (an address, a token, a key) is read, how one sees that it is there, and where it lies; a name that nothing has where there is none. */
function secretAt(secret, prefix) {
  const [store, name] = (secret || `secretsmanager:${prefix}/no-slack`).split(/:(.*)/s);
  const path = store === 'ssm' ? `parameter/${name.replace(/^\//, '')}` : `secret:${name}-??????`;
  // A name may also be an ARN.
  const arn = name.startsWith('arn:')
    ? name
    : `arn:\${AWS::Partition}:${store}:\${AWS::Region}:\${AWS::AccountId}:${path}`;
  return store === 'ssm'
    ? // IAM knows no narrower place for a list of parameters, which says nothing of what they hold.
      { action: 'ssm:GetParameter', arn, look: 'ssm:DescribeParameters', lookAt: '*' }
    : {
        action: 'secretsmanager:GetSecretValue',
        arn,
        look: 'secretsmanager:DescribeSecret',
        lookAt: { 'Fn::Sub': arn },
      };
}

/** Functions, and what they may do beside, that are deployed only where a parameter asks for them. */
const OPTIONAL = {
  slack: ({ slackSecret }) => slackSecret !== '',
  'slack-bot': ({ slackSecret, slackChannel }) => slackSecret !== '' && slackChannel !== '',
  'slack-actions': (all) => OPTIONAL['slack-bot'](all) && all.slackSigningSecret !== '',
  teams: ({ teamsSecret }) => teamsSecret !== '',
  pagerduty: ({ pagerDutySecret }) => pagerDutySecret !== '',
  'config-rules': ({ configRules }) => configRules,
  outcomes: ({ securityHub, outcomeEvents }) => securityHub || outcomeEvents,
  'security-hub': ({ securityHub }) => securityHub,
  'outcome-events': ({ outcomeEvents }) => outcomeEvents,
};

/** Ends the framework, which would say the same once for each of the many places that ask, with where in the code it was thrown. */
function end(refusal) {
  if (!(refusal instanceof parametersOf.Refusal)) throw refusal;
  writeSync(2, `\nError:\n${refusal.message}\n`);
  process.exit(1);
}

/** All that serverless.yml says of a deployment beside its text: checked parameters, and what follows from them. */
module.exports = async (framework) => {
  const { parameters, home, prefix } = await parametersOf(framework).catch(end);
  const regions = allRegions(home, parameters.regions);
  return {
    ...parameters,
    regions: regions.join(','),
    stackInstances:
      regions.length === 1
        ? []
        : [{ DeploymentTargets: { Accounts: [{ Ref: 'AWS::AccountId' }] }, Regions: regions.slice(1) }],
    // In regions that an account opts in to, CloudFormation goes by a name of its own for each.
    stackSetService: [
      'cloudformation.amazonaws.com',
      ...regions.filter(isOptIn).map((region) => `cloudformation.${region}.amazonaws.com`),
    ],
    schedules: { sweep: parameters.sweep, heartbeat: parameters.heartbeat, daily: parameters.daily },
    inputs: Object.fromEntries(['sweep', 'heartbeat', 'daily'].map((task) => [task, message(task, prefix, regions)])),
    subscriptions: { Resources: Object.fromEntries(parameters.emails.map(subscription)) },
    slack: secretAt(parameters.slackSecret, prefix),
    slackSigning: secretAt(parameters.slackSigningSecret, prefix),
    teams: secretAt(parameters.teamsSecret, prefix),
    pagerDuty: secretAt(parameters.pagerDutySecret, prefix),
    optional: Object.keys(OPTIONAL).filter((name) => OPTIONAL[name](parameters)),
  };
};
