import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { isDate, lastExpiry } from '../policy/load.ts';
import { caller } from './caller.ts';
import { ledgerEngine } from './context.ts';
import { UsageError } from './errors.ts';
import { type CommonOptions, chosenControls, withCommonOptions } from './options.ts';
import { printAnswer } from './report.ts';

interface ExemptOptions extends CommonOptions {
  readonly control: string;
  readonly resource: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
}

export const exemptCommand = () =>
  withCommonOptions(new Command('exempt'))
    .description(
      'Exempt a resource from a control until a given day. Put lasting exemptions into policy.yml, where they are reviewed.',
    )
    .requiredOption('--control <id>', 'the control to exempt from')
    .requiredOption('--resource <arn or id>', 'the resource; * matches any characters')
    .requiredOption('--owner <e-mail>', 'who is responsible for it, and is notified a week before it expires')
    .requiredOption('--reason <text>', 'why the resource may stay non-compliant')
    .requiredOption('--expires <day>', 'the last day it is valid, at most a year ahead: 2027-01-31')
    .action(exempt);

async function exempt(options: ExemptOptions): Promise<void> {
  const { control, resource, owner, reason } = options;
  chosenControls([control]);
  const engine = await ledgerEngine(options);
  const expires = expiryDay(options.expires, engine.clock.now());
  const createdAt = engine.clock.now().toISOString();
  const id = `ex-${createdAt.slice(0, 10)}-${randomUUID().slice(0, 8)}`;
  const exemption = { id, control, resource, owner, reason, expires, createdAt, createdBy: await caller(engine) };
  await engine.ledger.saveExemption(exemption);
  printAnswer(options, exemption, `${id}: ${resource} is exempt from ${control} until ${expires}.`);
}

/** A day from today to a year ahead. Throws UsageError. */
export function expiryDay(text: string, now: Date): string {
  const [first, last] = [now.toISOString().slice(0, 10), lastExpiry(now)];
  if (!isDate(text) || text < first || text > last)
    throw new UsageError(`--expires ${text}: must be a day from ${first} to ${last}, in the form YYYY-MM-DD`);
  return text;
}
