import { Command } from 'commander';
import type { Exemption } from '../ledger/records.ts';
import { allExemptions, isActive, isEMail, mayName, newExemptionId } from '../policy/exemptions.ts';
import { isDate, lastExpiry } from '../policy/load.ts';
import { fits } from '../policy/patterns.ts';
import type { ExemptionRule } from '../policy/policy.ts';
import { shellQuoted, visible } from '../text.ts';
import { DAY_MS, dayOf, systemClock } from '../time.ts';
import { colors } from './colors.ts';
import { type CommandRun, ledgerRun } from './context.ts';
import { UsageError } from './errors.ts';
import { uncheckedReason } from './exempted-resource.ts';
import { assertControl, type CommonOptions, withCommonOptions } from './options.ts';
import { oneOf } from './record-id.ts';
import { printAnswer } from './results-printer.ts';

interface ExemptOptions extends CommonOptions {
  readonly list?: boolean;
  readonly end?: string;
  readonly control?: string;
  readonly resource?: string;
  readonly owner?: string;
  readonly reason?: string;
  readonly expires?: string;
}

/** What a new exemption needs, each with its placeholder. */
const REQUIRED = {
  control: '<id>',
  resource: '<arn or id>',
  owner: '<e-mail>',
  reason: '<text>',
  expires: '<day>',
} as const;

type Request = Readonly<Record<keyof typeof REQUIRED, string>>;

export const exemptCommand = () =>
  withCommonOptions(new Command('exempt'))
    .description(
      'Exempt a resource from a control until a given day. Put lasting exemptions into policy.yml, where they are reviewed.',
    )
    .option(`--control ${REQUIRED.control}`, 'the control to exempt from')
    .option(`--resource ${REQUIRED.resource}`, 'the resource; * matches any characters')
    .option(`--owner ${REQUIRED.owner}`, 'who is responsible for it, and is notified a week before it expires')
    .option(`--reason ${REQUIRED.reason}`, 'why the resource may stay non-compliant')
    .option(`--expires ${REQUIRED.expires}`, 'the last day it is valid, at most a year ahead: 2027-01-31')
    .option(
      '--list',
      'list the exemptions that are active, those of policy.yml too; --control, --resource and --owner narrow',
    )
    .option('--end <id>', 'end an exemption now: ex-…, or how its id begins')
    .action(exempt);

async function exempt(options: ExemptOptions, command: Command): Promise<void> {
  const { list: isList = false, end: ended, control } = options;
  if (isList && ended !== undefined) throw new UsageError('--list and --end cannot be combined');
  if (isList) assertNoneOf(options, '--list', ['reason', 'expires']);
  if (ended !== undefined) assertNoneOf(options, '--end', Object.keys(REQUIRED) as (keyof Request)[]);
  if (control !== undefined) assertControl(control);
  if (isList) return list(options);
  return ended === undefined ? grant(requestOf(options, command), options) : end(ended, options);
}

/** Throws UsageError for an option that `flag` would not look at. */
function assertNoneOf(options: ExemptOptions, flag: string, names: readonly (keyof Request)[]): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given !== undefined) throw new UsageError(`${flag} and --${given} cannot be combined`);
}

/** What is asked for. Ends the command with commander's own error where an option is missing. */
function requestOf(options: ExemptOptions, command: Command): Request {
  for (const [name, placeholder] of Object.entries(REQUIRED))
    if (options[name as keyof Request] === undefined)
      command.error(`error: required option '--${name} ${placeholder}' not specified`);
  return options as Request;
}

async function grant({ control, resource, owner, reason, expires: day }: Request, options: ExemptOptions) {
  const now = systemClock.now();
  const expires = expiryDay(day, now);
  if (!isEMail(owner)) throw new UsageError(`--owner ${owner}: must be an e-mail address`);
  const run = await ledgerRun(options, 'ledger', (checked) => uncheckedReason(control, resource, checked));
  const unchecked = run.checked;
  if (unchecked !== null)
    process.stderr.write(`evenkeel: could not check whether ${visible(resource)} exists: ${visible(unchecked)}\n`);
  const createdAt = now.toISOString();
  const id = newExemptionId(now);
  const createdBy = (await run.caller()).arn;
  const exemption: Exemption = { id, control, resource, owner, reason, expires, createdAt, createdBy };
  await run.engine.ledger.saveExemption(exemption);
  printAnswer(options, exemption, `${id}: ${visible(resource)} is exempt from ${control} until ${expires}.`);
}

async function list(options: ExemptOptions): Promise<void> {
  const { engine } = await ledgerRun(options, 'nothing');
  const now = engine.clock.now();
  const active = (await allExemptions(engine))
    .filter((rule) => isActive(rule, now) && isAskedFor(rule, options))
    .sort((a, b) => a.expires.localeCompare(b.expires));
  for (const rule of active) printAnswer(options, { id: null, ...rule }, inWords({ id: null, ...rule }));
  if (active.length === 0 && !options.json) process.stdout.write('No exemptions.\n');
}

const isAskedFor = (rule: ExemptionRule, { control, resource, owner }: ExemptOptions): boolean =>
  (control === undefined || control === rule.control) &&
  (resource === undefined || mayName(rule, resource)) &&
  (owner === undefined || fits(owner, rule.owner));

type Listed = Omit<Exemption, 'id' | 'createdAt' | 'createdBy'> &
  Partial<Omit<Exemption, 'id'>> & { readonly id: string | null };

function inWords({ id, control, resource, owner, reason, expires, elements, createdBy }: Listed): string {
  const by = createdBy === undefined || createdBy === owner ? '' : ` Granted by ${visible(createdBy)}.`;
  const of = elements === undefined ? '' : ` Only what an undo brought back: ${visible(elements.join(', '))}.`;
  return [
    `${expires}  ${colors.bold(visible(id ?? 'policy.yml'))}`,
    `    ${visible(control)} ${visible(resource)}`,
    `    ${visible(owner)}: ${visible(reason)}.${of}${colors.dim(by)}`,
  ].join('\n');
}

/** Characters by which an exemption may be named: `ex-2026-…` and more. */
const MIN_PREFIX = 7;

/** The exemption ends with the day before today. */
async function end(named: string, options: ExemptOptions): Promise<void> {
  const now = systemClock.now();
  const run = await ledgerRun(options, 'ledger', (checked) => activeOf(named, checked, now));
  const { engine, caller, checked: exemption } = run;
  const { id } = exemption;
  const ended = { by: (await caller()).arn, at: now.toISOString() };
  const after: Exemption = { ...exemption, expires: dayOf(new Date(now.getTime() - DAY_MS)), ended };
  await engine.ledger.saveExemption(after);
  const { control, resource } = after;
  const next = `npx evenkeel sweep --control ${shellQuoted(control)} --mode remediate`;
  printAnswer(
    options,
    after,
    `Ended ${id}: ${visible(resource)} is no longer exempt from ${visible(control)}. To reconcile now: ${next}`,
  );
}

async function activeOf(id: string, { engine }: Pick<CommandRun, 'engine'>, now: Date): Promise<Exemption> {
  const all = await engine.ledger.exemptions();
  const named = all.filter((one) => one.id === id || (id.length >= MIN_PREFIX && one.id.startsWith(id)));
  const exemption = named.find((one) => one.id === id) ?? named[0];
  if (exemption === undefined)
    throw new UsageError(
      `--end ${id}: there is no such exemption; npx evenkeel exempt --list lists them (those of policy.yml end when they are removed from it)`,
    );
  if (exemption.id !== id)
    oneOf(
      named.map((one) => one.id),
      id,
      '',
    );
  if (!isActive(exemption, now)) throw new UsageError(`--end ${id}: it ended on ${exemption.expires}`);
  return exemption;
}

/** A day from today to a year ahead. Throws UsageError. */
export function expiryDay(text: string, now: Date): string {
  const [first, last] = [dayOf(now), lastExpiry(now)];
  if (!isDate(text) || text < first || text > last)
    throw new UsageError(`--expires ${text}: must be a day from ${first} to ${last}, in the form YYYY-MM-DD`);
  return text;
}
