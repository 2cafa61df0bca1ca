const { closest } = require('fastest-levenshtein');
const { areTogether, isRegion } = require('./regions.cjs');

const EMAIL = /^[^@\s,]+@[^@\s,]+\.[^@\s,]+$/;

const SECRET = 'secretsmanager:<name>, ssm:<name>, or nothing; a name is one secret of the home region';

/** What is allowed for each parameter: how it is read, which gives undefined where it cannot be, and what to say then. */
const PARAMETERS = {
  regions: [
    regions,
    'all, [] for none, or regions of the same partition as the home region such as us-east-1,eu-central-1; each without some: all except us-east-1',
  ],
  emails: [emails, 'e-mail addresses, with commas between them'],
  slackSecret: [secret, SECRET],
  slackChannel: [slackChannel, "the channel's id, C0123456789, or nothing"],
  slackSigningSecret: [secret, SECRET],
  teamsSecret: [secret, SECRET],
  pagerDutySecret: [secret, SECRET],
  sweep: [schedule, 'rate(1 day), or cron(0 3 * * ? *)'],
  heartbeat: [beats, 'rate(15 minutes), or any other rate from 1 to 30 minutes'],
  daily: [schedule, 'cron(5 0 * * ? *), or rate(1 day)'],
  concurrency: [wholeNumber(2, 1000), 'a whole number from 2 to 1000'],
  logRetention: [
    oneOf([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]),
    'a number of days that CloudWatch knows: 30, 90, 365, 731, …',
  ],
  securityHub: [choice(false), 'true or false'],
  outcomeEvents: [choice(false), 'true or false'],
  configRules: [oneOf([true, false]), 'true or false'],
};

/** A list, or text with commas. */
const listFrom = (value) =>
  Array.isArray(value)
    ? value
    : String(value)
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean);

/** Which are named, and which are left out by `except`. Nothing at all is a mistake: it would leave regions unwatched that nobody meant. */
function regions(value, home) {
  const [, words = '', left] = /^(.*?)(?:\bexcept\b(.*))?$/s.exec(Array.isArray(value) ? value.join(',') : value) ?? [];
  const [list, except] = [listFrom(words), listFrom(left ?? '')];
  const named = list.length === 1 && list[0] === 'all' && !Array.isArray(value) ? 'all' : list;
  const areNamed = named === 'all' || named.every((one) => areTogether(one, home));
  const areLeftOut = except.every((one) => areTogether(one, home) && one !== home);
  const isSaid = Array.isArray(value) || (words.trim() !== '' && (left === undefined || except.length > 0));
  return isSaid && areNamed && areLeftOut ? { named, except } : undefined;
}

function emails(value) {
  const list = listFrom(value);
  return list.every((one) => EMAIL.test(one)) ? list : undefined;
}

/** A name or ARN. No other characters: the role may read what is named, and `*` would name everything. */
function secret(value, home) {
  const [, store, name] = /^(secretsmanager|ssm):([\w/+=.@:-]+)$/.exec(String(value)) ?? [];
  const isName = name !== undefined && !name.includes(':');
  const isArn = new RegExp(`^arn:aws[a-z-]*:${store}:${home}:\\d{12}:(secret:|parameter/).`).test(name);
  return value === '' || isName || isArn ? String(value) : undefined;
}

/** By its id: a name changes. */
function slackChannel(value) {
  return value === '' || /^[CDG][A-Z0-9]{8,20}$/.test(String(value)) ? String(value) : undefined;
}

const RATE = /^rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)$/;
/** EventBridge wants `?` for the day of the month or for the day of the week. */
const CRON = /^cron\(\S+ \S+ (\? \S+ \S+|\S+ \S+ \?) \S+\)$/;

function schedule(value) {
  return RATE.test(String(value)) || CRON.test(String(value)) ? String(value) : undefined;
}

/** More seldom than every half hour, the alarm for missed heartbeats and doctor would take what is well for silence. */
function beats(value) {
  const minutes = Number(/^rate\((\d+) minutes?\)$/.exec(String(value))?.[1] ?? 0);
  return RATE.test(String(value)) && minutes >= 1 && minutes <= 30 ? String(value) : undefined;
}

function wholeNumber(least, most) {
  return (value) => (/^\d+$/.test(String(value)) && value >= least && value <= most ? Number(value) : undefined);
}

function oneOf(allowed) {
  return (value) => allowed.find((one) => String(one) === String(value));
}

/** One of two, and what holds where nothing is said. */
function choice(otherwise) {
  const read = oneOf([true, false]);
  return (value) => (value === '' ? otherwise : read(value));
}

/** Something is not allowed; the message says what, and what is. */
class Refusal extends Error {
  name = 'Refusal';
}

const refused = (where, name, value, allowed) =>
  new Refusal(`${where}: ${name} is ${JSON.stringify(value)}; allowed: ${allowed}`);

const WHERE = 'deployment.yml or --param';

/** Longer, and the names of rules, which may have 64 characters, would have no room for the functions' names. */
const STAGE = /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,18}[a-zA-Z0-9])?$/;

/** Throws where a name stands in deployment.yml, or behind --param, that is no parameter: what it was to say would not hold. */
function refuseUnknown(params, stage, flags) {
  const given = [
    ...Object.keys(params?.default ?? {}),
    ...Object.keys(params?.[stage] ?? {}),
    ...flags.map((flag) => flag.split('=')[0]),
  ];
  const known = Object.keys(PARAMETERS);
  for (const name of given.filter((one) => !known.includes(one)))
    throw new Refusal(
      `${WHERE}: ${name} is no parameter (did you mean ${closest(name, known)}?); known: ${known.join(', ')}`,
    );
}

/** What the framework knows of a deployment, each part as it is allowed to be: `parameters`, the home region, and what all names begin with. Throws Refusal. */
module.exports = async ({ resolveVariable, options }) => {
  const stage = await resolveVariable('sls:stage');
  const home = await resolveVariable('self:provider.region');
  if (!STAGE.test(stage)) throw refused('--stage', 'the stage', stage, '1 to 20 letters, digits and hyphens within');
  if (!isRegion(home)) throw refused('--region', 'the home region', home, 'a region such as eu-west-1');
  refuseUnknown(await resolveVariable('self:params'), stage, options.param ?? []);
  const parameters = {};
  for (const [name, [read, allowed]] of Object.entries(PARAMETERS)) {
    const value = await resolveVariable(`param:${name}, ''`);
    parameters[name] = read(value, home);
    if (parameters[name] === undefined) throw refused(WHERE, name, value, allowed);
  }
  return { parameters, home, prefix: `${await resolveVariable('self:service')}-${stage}` };
};

module.exports.Refusal = Refusal;
module.exports.PARAMETERS = PARAMETERS;
