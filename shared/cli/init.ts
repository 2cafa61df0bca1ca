import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { controls } from '../controls/index.ts';
import { detections } from '../detections/index.ts';
import { parsePolicy } from '../policy/load.ts';
import { policyFrom } from '../policy/settings.ts';
import { shellQuoted, visible } from '../text.ts';
import { UsageError } from './errors.ts';
import { WRITTEN_MODES, type WrittenMode } from './framework-policy.ts';
import { emailsIn, FRAMEWORK_IDS, frameworkIn, secretIn } from './init/answers.ts';
import { type Change, changesIn, isChange, presentIn, type Wanted, write } from './init/changes.ts';
import { deploymentOf } from './init/deployment.ts';
import { type Dialogue, dialogueOn } from './init/dialogue.ts';
import { type Estimate, estimates } from './init/estimate.ts';
import { type Answers, asked } from './init/questions.ts';
import { type CommonOptions, homeRegion, listOption, requiredRegion, withCommonOptions } from './options.ts';
import { printAnswer } from './results-printer.ts';

/** The clone: what is deployed stands there. */
const CLONE = fileURLToPath(new URL('../../', import.meta.url));

export interface InitOptions extends CommonOptions {
  readonly email: readonly string[];
  readonly slack?: string;
  readonly teams?: string;
  readonly pagerduty?: string;
  readonly framework?: string;
  readonly mode?: WrittenMode;
  readonly yes?: boolean;
  readonly force?: boolean;
}

export const initCommand = () =>
  withCommonOptions(new Command('init'))
    .description(
      'Write deployment.yml and policy.yml; asks for the region, e-mail addresses, Slack and framework that no option gives. Everything only detects, unless --mode says otherwise.',
    )
    .addOption(listOption('--email <address>', 'who is notified by e-mail (repeatable), or none', 'asked'))
    .option('--slack <secret>', "where Slack's webhook URL is stored: secretsmanager:<name>, ssm:<name>, or none")
    .option('--teams <secret>', "where the URL of Teams' workflow is stored, likewise; never asked for")
    .option('--pagerduty <secret>', "where PagerDuty's integration key is stored, likewise; never asked for")
    .option('--framework <id>', `switch on only what a framework asks for: ${FRAMEWORK_IDS.join(', ')}; or none`)
    .addOption(new Option('--mode <mode>', 'the mode of the controls (default: detect)').choices(WRITTEN_MODES))
    .option('--yes', 'ask nothing: what no option gives stays as it is')
    .option('--force', 'overwrite what the files set; what differs is shown')
    .action(async (options: InitOptions) => {
      const { stdin, stderr } = process;
      const canAsk = stdin.isTTY === true && stderr.isTTY === true;
      await initIn(CLONE, options, canAsk ? () => dialogueOn(stdin, stderr) : null);
    });

/** Writes the two files in this folder. `open`: how a person is asked; null where nothing can be asked. Throws UsageError, and has written nothing then. */
export async function initIn(folder: string, options: InitOptions, open: (() => Dialogue) | null): Promise<void> {
  if (options.policy !== undefined)
    throw new UsageError("--policy, --no-policy: init writes the clone's policy.yml, which is what is deployed");
  const given = givenIn(options);
  if (options.yes === true || isWhole(given)) return carryOut(folder, given, options, null);
  if (open === null)
    throw new UsageError(
      'no terminal to ask on: give --region, --email, --slack and --framework (none for none), or --yes to leave the rest as it is',
    );
  const present = presentIn(folder);
  const dialogue = open();
  try {
    const answers = await asked(given, present, dialogue, options.region !== undefined);
    await carryOut(folder, answers, options, dialogue);
  } finally {
    dialogue.close();
  }
}

const isWhole = ({ region, emails, slackSecret, framework }: Answers): boolean =>
  region !== '' && [emails, slackSecret, framework].every((answer) => answer !== undefined);

function givenIn({ email, slack, teams, pagerduty, framework }: InitOptions): Answers {
  const region = homeRegion();
  return {
    region,
    ...(email.length > 0 && { emails: emailsIn('--email', email) }),
    ...(slack !== undefined && { slackSecret: secretIn('--slack', 'slackSecret', slack, region) }),
    ...(teams !== undefined && { teamsSecret: secretIn('--teams', 'teamsSecret', teams, region) }),
    ...(pagerduty !== undefined && {
      pagerDutySecret: secretIn('--pagerduty', 'pagerDutySecret', pagerduty, region),
    }),
    ...(framework !== undefined && { framework: frameworkIn(framework) }),
  };
}

/** Writes what was answered, and says what it costs and what comes next. */
async function carryOut(folder: string, answers: Answers, options: InitOptions, dialogue: Dialogue | null) {
  const region = answers.region || requiredRegion();
  const accepted: Change[] = [];
  for (const change of changesIn(folder, wantedIn(answers, options)))
    accepted.push((await mayWrite(change, options, dialogue)) ? change : asItWas(change));
  const [deployment, policy] = accepted.map(({ text }) => text);
  const policyNow = policyFrom(parsePolicy(policy ?? '', 'policy.yml', controls, detections));
  const costs = estimates(await deploymentOf(deployment ?? '', region), policyNow);
  for (const change of accepted.filter(isChange)) write(folder, change);
  const next = nextAfter(region, options);
  printAnswer(
    options,
    { region, files: accepted.map(inJson), costs, next: next.map(([command]) => command) },
    [
      ...accepted.map(inWords),
      costsInWords(costs),
      ['Next:', ...next.map(([command, why]) => `  ${command.padEnd(COMMAND_WIDTH)} # ${why}`)].join('\n'),
    ].join('\n\n'),
  );
  if (presentIn(folder).emails.length === 0)
    process.stderr.write('evenkeel: no e-mail address is notified: --email ADDRESS, or emails in deployment.yml\n');
}

function wantedIn({ region: _, framework, ...settings }: Answers, { mode }: InitOptions): Wanted {
  const isPolicyWanted = framework !== undefined || mode !== undefined;
  return {
    ...settings,
    ...(isPolicyWanted && { policy: { framework: framework ?? null, mode: mode ?? 'detect' } }),
  };
}

/** Whether the file is written. Throws UsageError where something would be lost, and nothing can be asked. */
async function mayWrite(change: Change, { force }: InitOptions, dialogue: Dialogue | null): Promise<boolean> {
  if (!change.overwrites || force === true) return true;
  const [first = '', ...more] = change.differences;
  if (dialogue === null)
    throw new UsageError(
      `${change.file}: not overwritten, since it sets something else (${first}${more.length === 0 ? '' : `, and ${more.length} more`}); --force overwrites it`,
    );
  dialogue.say(`${change.file} sets something else:\n${differencesInWords(change)}`);
  return dialogue.ask('Overwrite it? yes or no', 'no', (answer) => {
    if (!/^(y|yes|n|no)$/i.test(answer)) throw new UsageError('answer yes or no');
    return /^y/i.test(answer);
  });
}

const asItWas = (change: Change): Change => ({ ...change, text: change.before ?? '', differences: [] });

type Next = readonly [command: string, why: string];

const COMMAND_WIDTH = 50;

function nextAfter(region: string, { profile }: InitOptions): readonly Next[] {
  const [at, as] = [` --region ${region}`, profile === undefined ? '' : shellQuoted(profile)];
  return [
    ['npm run generate', "the roles' permissions, by policy.yml: review git diff functions"],
    [`npx serverless deploy${at}${as && ` --aws-profile ${as}`}`, 'then confirm the e-mail that AWS sends'],
    [`npx evenkeel doctor${at}${as && ` --profile ${as}`}`, 'check the deployment: each problem with its remedy'],
  ];
}

/** Differences that people see; `--json` has all. */
const MAX_SHOWN = 12;

const differencesInWords = ({ differences }: Change): string =>
  [
    ...differences.slice(0, MAX_SHOWN),
    ...(differences.length > MAX_SHOWN ? [`and ${differences.length - MAX_SHOWN} more`] : []),
  ]
    .map((line) => `    ${visible(line)}`)
    .join('\n');

function inWords(change: Change): string {
  if (change.isNew) return `${change.file}: written`;
  return isChange(change) ? `${change.file}: written\n${differencesInWords(change)}` : `${change.file}: as it was`;
}

const inJson = (change: Change) => ({ file: change.file, written: isChange(change), differences: change.differences });

function costsInWords(costs: readonly Estimate[]): string {
  const number = (value: number) => value.toLocaleString('en-US');
  const lines = costs.map(
    ({ account, resources, changesAMonth, dollars }) =>
      `  $${dollars.toFixed(2).padStart(6)}  ${account}: ${number(resources)} resources, ${number(changesAMonth)} changes a month`,
  );
  return ['What a month costs, by the size of the account (docs/costs.md):', ...lines].join('\n');
}
