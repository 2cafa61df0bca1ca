/** Regions that every account has without opting in, by partition; the first is the one where global services report. */
const REGIONS = {
  aws: [
    'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1',
    'eu-central-1 eu-north-1 eu-west-1 eu-west-2 eu-west-3',
    'ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2',
  ].flatMap((line) => line.split(' ')),
  'aws-cn': ['cn-north-1', 'cn-northwest-1'],
  'aws-us-gov': ['us-gov-west-1', 'us-gov-east-1'],
};
const regionsOf = (home) =>
  REGIONS[home.startsWith('cn-') ? 'aws-cn' : home.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'];

/** What is allowed for each parameter: how it is read, and what to say where it cannot be. */
const PARAMETERS = {
  regions: [listOf(/^[a-z]{2}(-[a-z]+)+-\d$/, 'all'), 'all, or regions such as us-east-1,eu-central-1'],
  emails: [listOf(/^[^@\s,]+@[^@\s,]+\.[^@\s,]+$/), 'e-mail addresses, with commas between them'],
  slackSecret: [matching(/^$|^(secretsmanager|ssm):\S+$/), 'secretsmanager:<name>, ssm:<name>, or nothing'],
  sweep: [matching(/^(rate|cron)\(.+\)$/), 'rate(1 day), or cron(0 3 * * ? *)'],
  heartbeat: [matching(/^(rate|cron)\(.+\)$/), 'rate(15 minutes), or cron(…)'],
  daily: [matching(/^(rate|cron)\(.+\)$/), 'cron(5 0 * * ? *), or rate(1 day)'],
  concurrency: [wholeNumber(2, 1000), 'a whole number from 2 to 1000'],
  logRetention: [
    oneOf([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]),
    'a number of days that CloudWatch knows: 30, 90, 365, 731, …',
  ],
  configRules: [oneOf([true, false]), 'true or false'],
};

function listOf(pattern, word) {
  return (value) => {
    if (word !== undefined && value === word) return word;
    const list = Array.isArray(value)
      ? value
      : String(value)
          .split(',')
          .map((one) => one.trim())
          .filter(Boolean);
    return list.every((one) => pattern.test(one)) ? [...new Set(list)] : undefined;
  };
}
function matching(pattern) {
  return (value) => (pattern.test(String(value)) ? String(value) : undefined);
}
function wholeNumber(least, most) {
  return (value) => (/^\d+$/.test(String(value)) && value >= least && value <= most ? Number(value) : undefined);
}
function oneOf(allowed) {
  return (value) => allowed.find((one) => String(one) === String(value));
}

/** An error that the framework shows as one line: what, and what is allowed. */
function refusal(name, value, allowed) {
  const error = new Error(`deployment.yml or --param: ${name} is ${JSON.stringify(value)}; allowed: ${allowed}`);
  error.stack = error.message;
  return error;
}

/** The parameters of this deployment, each of them as it is allowed to be. */
async function parametersFrom(resolveVariable) {
  const given = {};
  for (const [name, [read, allowed]] of Object.entries(PARAMETERS)) {
    const value = await resolveVariable(`param:${name}, ''`);
    given[name] = read(value);
    if (given[name] === undefined) throw refusal(name, value, allowed);
  }
  return given;
}

/** Home first, then the others; the region of the global services is never left out. */
function allRegions(home, regions) {
  const known = regionsOf(home);
  const others = regions === 'all' ? known : [known[0], ...regions];
  return [...new Set([home, ...others])];
}

/** The message that a schedule puts into the queue of the watch function. */
const message = (duty, stack, regions) =>
  JSON.stringify({ source: 'evenkeel', 'detail-type': 'Evenkeel Watch', detail: { duty, stack, regions } });

const subscription = (Endpoint) => ({
  Type: 'AWS::SNS::Subscription',
  Properties: {
    TopicArn: { Ref: 'NoticeTopic' },
    Protocol: 'email',
    Endpoint,
    RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] } },
  },
});

/** How the address of Slack's webhook is read, how one sees that it is there, and where it lies; a name that nothing has where there is no Slack. */
function slackAddress(slackSecret, prefix) {
  const [store, name] = (slackSecret || `secretsmanager:${prefix}/no-slack`).split(/:(.*)/s);
  const path = store === 'ssm' ? `parameter/${name.replace(/^\//, '')}` : `secret:${name}-??????`;
  return {
    action: store === 'ssm' ? 'ssm:GetParameter' : 'secretsmanager:GetSecretValue',
    look: store === 'ssm' ? 'ssm:GetParameter' : 'secretsmanager:DescribeSecret',
    // A name may also be an ARN.
    arn: name.startsWith('arn:') ? name : `arn:\${AWS::Partition}:${store}:\${AWS::Region}:\${AWS::AccountId}:${path}`,
  };
}

/** Functions that are deployed only where a parameter asks for them. */
const OPTIONAL = { slack: ({ slackSecret }) => slackSecret !== '', rules: ({ configRules }) => configRules };

/** All that serverless.yml says of a deployment beside its text: checked parameters, and what follows from them. */
module.exports = async ({ resolveVariable }) => {
  const parameters = await parametersFrom(resolveVariable);
  const home = await resolveVariable('self:provider.region');
  const prefix = `${await resolveVariable('self:service')}-${await resolveVariable('sls:stage')}`;
  const regions = allRegions(home, parameters.regions);
  const optional = Object.keys(OPTIONAL).filter((name) => OPTIONAL[name](parameters));
  return {
    ...parameters,
    regions: regions.join(','),
    stackInstances:
      regions.length === 1
        ? []
        : [{ DeploymentTargets: { Accounts: [{ Ref: 'AWS::AccountId' }] }, Regions: regions.slice(1) }],
    schedules: { sweep: parameters.sweep, heartbeat: parameters.heartbeat, daily: parameters.daily },
    inputs: Object.fromEntries(['sweep', 'heartbeat', 'daily'].map((duty) => [duty, message(duty, prefix, regions)])),
    subscriptions: {
      Resources: Object.fromEntries(
        parameters.emails.map((email, index) => [`Email${index + 1}`, subscription(email)]),
      ),
    },
    slack: slackAddress(parameters.slackSecret, prefix),
    functions: Object.fromEntries(optional.map((name) => [name, `\${file(functions/${name}/function.yml):function}`])),
    resources: Object.fromEntries(
      Object.keys(OPTIONAL).map((name) => [
        name,
        optional.includes(name) ? `\${file(functions/${name}/function.yml):resources}` : {},
      ]),
    ),
  };
};
