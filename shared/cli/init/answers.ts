import { FRAMEWORKS, type Framework } from '../../frameworks.ts';
import { frameworkOf } from '../control-filters.ts';
import { UsageError } from '../errors.ts';
import { assertRegion } from '../options.ts';
import { isAllowed } from './deployment.ts';

/** What means that there shall be none. */
export const NONE = 'none';

/** The region that was answered. Throws UsageError for what is none. `given`: where. */
export function regionIn(given: string, answer: string): string {
  if (answer === '') throw new UsageError(`${given}: no region; one is a name such as eu-west-1`);
  assertRegion(given, answer);
  return answer;
}

/** The addresses that were answered, with commas between them. Throws UsageError for what is none. */
export function emailsIn(given: string, answers: readonly string[]): readonly string[] {
  const all = answers.flatMap((answer) => answer.split(',')).map((one) => one.trim());
  const addresses = all.filter((one) => one !== '' && one !== NONE);
  const wrong = addresses.find((one) => !isAllowed('emails', [one], ''));
  if (wrong !== undefined)
    throw new UsageError(`${given} ${wrong}: no e-mail address; one is you@example.com, or none`);
  if (addresses.length === 0 && !all.includes(NONE))
    throw new UsageError(`${given}: no e-mail address; one is you@example.com, or none`);
  return [...new Set(addresses)];
}

/** The parameters that say where a secret is stored: what is in it, and a name for it. */
const SECRETS = {
  slackSecret: ["a webhook's URL", 'evenkeel/slack'],
  teamsSecret: ["a workflow's URL", 'evenkeel/teams'],
  pagerDutySecret: ['an integration key', 'evenkeel/pagerduty'],
} as const;

/** A URL, a token of Slack, or a key: the secret itself, where its place was asked for. */
const ITSELF = /^https?:|^xox|^[0-9a-z]{32}$/i;

/** Where a secret is stored; empty for none. Throws UsageError, which does not repeat what is a secret itself. */
export function secretIn(given: string, parameter: keyof typeof SECRETS, answer: string, home: string): string {
  if (answer === NONE) return '';
  const [what, name] = SECRETS[parameter];
  if (ITSELF.test(answer))
    throw new UsageError(
      `${given}: ${what} is a secret, and is not kept in a file: store it (aws secretsmanager create-secret --name ${name} --secret-string file:///dev/stdin), then give secretsmanager:${name}`,
    );
  if (answer !== '' && isAllowed(parameter, answer, home)) return answer;
  throw new UsageError(`${given} ${answer}: not where a secret is stored: secretsmanager:<name>, ssm:<name>, or none`);
}

/** The framework that was answered; null for none, which means all controls. Throws UsageError for one that there is not. */
export const frameworkIn = (answer: string, given?: string): Framework | null =>
  answer === NONE ? null : frameworkOf(answer, given);

export const FRAMEWORK_IDS = FRAMEWORKS.map(({ id }) => id);
