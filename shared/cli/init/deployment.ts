import { createRequire } from 'node:module';
import { type Document, isNode, parseDocument } from 'yaml';
import { UsageError } from '../errors.ts';

type Read = (value: unknown, home: string) => unknown;
const require = createRequire(import.meta.url);
/** What a deploy allows for each parameter. */
const parametersOf: ((framework: object) => Promise<{ readonly parameters: Parameters }>) & {
  readonly PARAMETERS: Readonly<Record<string, readonly [read: Read, allowed: string]>>;
} = require('../../../resources/parameters.cjs');
const { allRegions } = require('../../../resources/regions.cjs');

/** The parameters of a deployment, as a deploy reads them. */
interface Parameters {
  readonly regions: unknown;
  readonly heartbeat: string;
  readonly configRules: boolean;
}

/** What the bill depends on. */
export interface Deployment {
  /** All that are watched, the home region too. */
  readonly regions: readonly string[];
  readonly beatsAnHour: number;
  readonly configRules: boolean;
}

/** The parameters of deployment.yml that `init` sets. */
export interface Settings {
  readonly emails?: readonly string[];
  readonly slackSecret?: string;
  readonly teamsSecret?: string;
  readonly pagerDutySecret?: string;
}

export const FILE = 'deployment.yml';
/** The stage that is deployed unless another is named: what is set for it wins over the default. */
const STAGE = 'prod';

/** What a deployment.yml that does not exist begins as. */
const EMPTY = `# How Evenkeel is deployed; docs/deploy.md says what each parameter is for.
default:
  # The other regions whose changes are forwarded to the home region: \`all\` that every account has, or a list.
  regions: all
  # Who is notified by e-mail; each address has to confirm once.
  emails: []
  # Where the URL of Slack's incoming webhook is stored, in the home region: secretsmanager:<name> or ssm:<name of a
  # SecureString>. Empty: no Slack.
  slackSecret: ''
  sweep: rate(1 day)
  heartbeat: rate(15 minutes)
  daily: cron(5 0 * * ? *)
  concurrency: 10
  logRetention: 365
  configRules: false
`;

/** True where a deploy allows this value. */
export function isAllowed(name: keyof Settings, value: unknown, home: string): boolean {
  return parametersOf.PARAMETERS[name]?.[0](value, home) !== undefined;
}

/** What deployment.yml sets now; `null`: there is no such file. Throws UsageError where it is no YAML. */
export function settingsIn(text: string | null): Required<Settings> {
  const document = documentOf(text ?? EMPTY);
  const emails = settingOf(document, 'emails');
  const list = Array.isArray(emails) ? emails.map(String) : String(emails ?? '').split(',');
  return {
    emails: list.map((one) => one.trim()).filter((one) => one !== ''),
    slackSecret: String(settingOf(document, 'slackSecret') ?? ''),
    teamsSecret: String(settingOf(document, 'teamsSecret') ?? ''),
    pagerDutySecret: String(settingOf(document, 'pagerDutySecret') ?? ''),
  };
}

/** The text with these settings; all else, comments too, stays as it was. */
export function withSettings(text: string | null, settings: Settings): string {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  return entries.reduce((before, [name, value]) => withSetting(before, name as keyof Settings, value), text ?? EMPTY);
}

function withSetting(text: string, name: keyof Settings, value: readonly string[] | string): string {
  const document = documentOf(text);
  const path = pathOf(document, name);
  const present = document.getIn(path, true);
  const [from, to] = (isNode(present) && present.range) || [0, 0];
  if (to > from) return `${text.slice(0, from)}${inYaml(value)}${text.slice(to)}`;
  document.setIn(path, value);
  return document.toString({ lineWidth: 0 });
}

/** On one line: JSON is YAML, but that people write text in single quotes. */
const inYaml = (value: readonly string[] | string): string =>
  typeof value === 'string'
    ? value === ''
      ? "''"
      : JSON.stringify(value)
    : JSON.stringify(value).replaceAll(',', ', ');

/** What a deploy makes of the file. Throws UsageError where a deploy would refuse it. */
export async function deploymentOf(text: string, home: string): Promise<Deployment> {
  const params = documentOf(text).toJS() ?? {};
  const values = { ...params.default, ...params[STAGE] };
  const resolved: Readonly<Record<string, unknown>> = {
    'sls:stage': STAGE,
    'self:provider.region': home,
    'self:params': params,
    'self:service': 'evenkeel',
  };
  const resolveVariable = async (variable: string) => {
    const [, name] = /^param:(\w+)/.exec(variable) ?? [];
    return name === undefined ? resolved[variable] : (values[name] ?? '');
  };
  try {
    const { parameters } = await parametersOf({ resolveVariable, options: {} });
    return {
      regions: allRegions(home, parameters.regions),
      beatsAnHour: 60 / Number(/\d+/.exec(parameters.heartbeat)?.[0] ?? 15),
      configRules: parameters.configRules,
    };
  } catch (error) {
    if (error instanceof Error) throw new UsageError(error.message.replace(' or --param', ''));
    throw error;
  }
}

function documentOf(text: string): Document {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new UsageError(`${FILE}: ${error.message.split('\n')[0]?.replace(/:$/, '')}`);
  return document;
}

const pathOf = (document: Document, name: string): readonly [string, string] =>
  document.hasIn([STAGE, name]) ? [STAGE, name] : ['default', name];

const settingOf = (document: Document, name: string): unknown => {
  const value = document.getIn(pathOf(document, name));
  return isNode(value) ? value.toJS(document) : value;
};
