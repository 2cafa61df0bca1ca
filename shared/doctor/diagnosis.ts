import type { Engine } from '../engine/context.ts';
import { messageOf } from '../engine/errors.ts';
import type { Deployment } from './deployment.ts';

/** One result of a check, as the command prints it. */
export interface Diagnosis extends CheckResult {
  /** The check's name. */
  readonly check: string;
}

/** What a check found. */
export interface CheckResult {
  /** `warning`: it works, and an operator should know. */
  readonly status: 'ok' | 'warning' | 'error';
  /** The region, queue, rule … concerned; null where it is all of them. Stays the same while the problem lasts. */
  readonly subject: string | null;
  readonly message: string;
  /** The command or change that resolves it; null where nothing is wrong. */
  readonly remedy: string | null;
  /** People were notified when it began: the digest reminds them while it lasts, although it is no error. */
  readonly wasNotified?: true;
  /** People are notified when it begins and when it is over, although it is no error. */
  readonly isIncident?: true;
}

/** What a check works with. */
export interface DoctorContext {
  readonly engine: Engine;
  /** The region of the ledger and the functions. */
  readonly home: string;
  /** Null where nothing is deployed, or where that could not be read. */
  readonly deployment: Deployment | null;
  readonly table: string | undefined;
  /** For people: the ledger of the command alone, where there is no table. */
  readonly ledgerFile?: string | undefined;
  readonly topicArn: string | undefined;
  /** For people: says what is in a secret, and never its value. Absent where no value may be read. */
  readonly secrets?: SecretReader;
}

/** The environment variables of the functions that say where a secret is. */
export type SecretVariable =
  | 'EVENKEEL_SLACK_SECRET'
  | 'EVENKEEL_SLACK_SIGNING_SECRET'
  | 'EVENKEEL_TEAMS_SECRET'
  | 'EVENKEEL_PAGERDUTY_SECRET';

/** What its function would find in a secret: something of use, why that is of none, or why it may not be read here. No text holds a part of the value. */
export type SecretContent =
  | { readonly kind: 'bot' | 'webhook' | 'key' }
  | { readonly problem: string }
  | { readonly denied: string };

/** Reads a secret as the function does that has this variable. */
export type SecretReader = (variable: SecretVariable, source: string) => Promise<SecretContent>;

/** Checks one part of a deployment; an exception becomes a result with status `error`. */
export interface Check {
  readonly name: string;
  /** What to do where the check itself fails. */
  readonly remedy: string;
  run(context: DoctorContext): Promise<CheckResult | readonly CheckResult[]>;
}

/** A check of a deployment: left out where there is none. */
export interface DeploymentCheck extends Omit<Check, 'run'> {
  run(deployment: Deployment, context: DoctorContext): Promise<CheckResult | readonly CheckResult[]>;
}

/** Makes a check that has no result where nothing is deployed. */
export const deploymentCheck = ({ name, remedy, run }: DeploymentCheck): Check => ({
  name,
  remedy,
  run: async (context) => (context.deployment === null ? [] : run(context.deployment, context)),
});

export const ok = (message: string): CheckResult => ({ status: 'ok', subject: null, message, remedy: null });
export const warn = (message: string, remedy: string, subject: string | null = null): CheckResult => ({
  status: 'warning',
  subject,
  message,
  remedy,
});
export const fail = (message: string, remedy: string, subject: string | null = null): CheckResult => ({
  status: 'error',
  subject,
  message,
  remedy,
});

/** A check, or a part of it, that could not be made is an error, never `ok`. */
export const unreadable = (cause: unknown, remedy: string, subject: string | null = null): CheckResult =>
  fail(`${subject === null ? '' : `${subject}: `}could not be checked: ${messageOf(cause)}`, remedy, subject);

/** The problems where there are any, otherwise one `ok`. */
export const problemsOr = (problems: readonly CheckResult[], okMessage: string): readonly CheckResult[] =>
  problems.length > 0 ? problems : [ok(okMessage)];

/** Maximum number of items listed in one message. */
const MAX_LISTED = 5;

/** The first few in one line, and how many more there are. */
export const listed = (texts: readonly string[]): string =>
  [...texts.slice(0, MAX_LISTED), ...(texts.length > MAX_LISTED ? [`and ${texts.length - MAX_LISTED} more`] : [])].join(
    '; ',
  );
