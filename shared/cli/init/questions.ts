import type { Framework } from '../../frameworks.ts';
import { emailsIn, FRAMEWORK_IDS, frameworkIn, NONE, regionIn, secretIn } from './answers.ts';
import type { Dialogue } from './dialogue.ts';

/** What was answered; a member that is absent was not, and leaves what stands in the files. */
export interface Answers {
  /** Empty where nothing names one. */
  readonly region: string;
  readonly emails?: readonly string[];
  readonly slackSecret?: string;
  /** Never asked for: few have them. */
  readonly teamsSecret?: string;
  readonly pagerDutySecret?: string;
  /** `null`: none, which means all controls. */
  readonly framework?: Framework | null;
}

/** What the files say now, which is proposed. */
export interface Present {
  readonly emails: readonly string[];
  readonly slackSecret: string;
  /** False where policy.yml is that of a new clone, or is not there. */
  readonly hasPolicy: boolean;
}

/** What is proposed where neither the environment nor a profile names a region: serverless.yml's own. */
const USUAL_REGION = 'eu-west-1';
const KEEP = 'keep';

/** The answers that are given, and a person's to the other questions. `isRegionGiven`: by the option, and not only by the environment. */
export async function asked(
  given: Answers,
  present: Present,
  dialogue: Dialogue,
  isRegionGiven: boolean,
): Promise<Answers> {
  const { ask, say } = dialogue;
  say('Enter takes what stands in brackets. Nothing is written before the last answer.');
  const region = isRegionGiven
    ? given.region
    : await ask('Home region, of the functions, the ledger and the bill', given.region || USUAL_REGION, (answer) =>
        regionIn('the region', answer),
      );
  const emails =
    given.emails ??
    (await ask('E-mail addresses to notify, with commas between them', present.emails.join(', ') || NONE, (answer) =>
      emailsIn('the address', [answer]),
    ));
  const slackSecret =
    given.slackSecret ??
    (await ask(
      "Slack: where its webhook's URL is stored, secretsmanager:<name> or ssm:<name>",
      present.slackSecret || NONE,
      (answer) => secretIn('Slack', 'slackSecret', answer, region),
    ));
  const framework = 'framework' in given ? given.framework : await askFramework(dialogue, present.hasPolicy);
  return { ...given, region, emails, slackSecret, ...(framework !== undefined && { framework }) };
}

/** Undefined where the policy shall stay as it is. */
function askFramework({ ask }: Dialogue, hasPolicy: boolean): Promise<Framework | null | undefined> {
  const choices = [
    ...FRAMEWORK_IDS,
    `${NONE} for all controls`,
    ...(hasPolicy ? [`${KEEP} for policy.yml as it is`] : []),
  ];
  const otherwise = hasPolicy ? KEEP : NONE;
  return ask(`Framework whose controls are detected: ${choices.join(', ')}`, otherwise, (answer) =>
    hasPolicy && answer === KEEP ? undefined : frameworkIn(answer, 'the framework'),
  );
}
