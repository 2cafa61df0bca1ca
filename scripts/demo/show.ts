import type { Result } from '../../shared/result.ts';
import type { Mail } from '../sandbox/local-deployment.ts';
import type { Screen } from './screen.ts';

interface Shown {
  readonly number: string;
  readonly title: string;
  readonly results: readonly Result[];
  readonly mail: readonly Mail[];
  /** Milliseconds from the event to its verified end. */
  readonly took: number;
  /** Whether the mail is shown whole. */
  readonly whole: boolean;
  /** What did not end as expected. */
  readonly wrong: readonly string[];
}

/** Shows one scene: what was found and done, and who was notified. */
export function showScene(screen: Screen, { number, title, results, mail, took, whole, wrong }: Shown): void {
  const { bold, red } = screen.colors;
  // What a detection finds was never compliant or not.
  const found = results.filter(({ before, outcome }) => before === 'NON_COMPLIANT' || outcome === 'detected');
  screen.say('');
  screen.say(bold(`${title}.`), `${number.padStart(5)}  `);
  for (const { controlId, annotation } of found) screen.say(`${controlId}: ${annotation}`, head('found'));
  for (const result of found) showCalls(screen, result);
  if (found.some(({ outcome }) => outcome === 'remediated'))
    screen.say(`COMPLIANT, read again ${Math.round(took)} ms after the event came`, head('now'));
  for (const { subject, text } of mail) {
    screen.say(subject, head('notified'));
    if (whole) screen.quote(text);
  }
  for (const line of wrong) screen.say(red(line), head('WRONG'));
}

function showCalls(screen: Screen, { outcome, steps, error }: Result): void {
  if (error !== null) screen.say(error, head('failed'));
  if (outcome === 'detected') screen.say('nothing: a person has to decide', head('done'));
  if (outcome === 'awaitingApproval') screen.say('nothing until a person approves', head('done'));
  if (outcome === 'remediated')
    for (const { service, operation, input } of steps)
      screen.sayBriefly(`${service}:${operation} ${JSON.stringify(input)}`, head('done'));
}

const head = (word: string) => `       ${word.padEnd(9)}`;
