import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { isDate, lastExpiry } from '../policy/load.ts';
import { caller } from './caller.ts';
import { ledgerEngine } from './context.ts';
import { UsageError } from './errors.ts';
import { type CommonOptions, chosenControls, withCommonOptions } from './options.ts';
import { written } from './report.ts';

interface ExemptOptions extends CommonOptions {
  readonly control: string;
  readonly resource: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
}

export const exemptCommand = () =>
  withCommonOptions(new Command('exempt'))
    .description('Let a resource stay as it is, until a day. For lasting exemptions use policy.yml, which is reviewed.')
    .requiredOption('--control <id>', 'the control that is exempted from')
    .requiredOption('--resource <arn or id>', 'the resource; * stands for any run of characters')
    .requiredOption('--owner <e-mail>', 'who answers for it, and is notified a week before it ends')
    .requiredOption('--reason <text>', 'why it is allowed')
    .requiredOption('--expires <day>', 'the last day on which it holds, at most a year ahead: 2027-01-31')
    .action(exempt);

async function exempt(options: ExemptOptions): Promise<void> {
  const { control, resource, owner, reason } = options;
  chosenControls([control]);
  const engine = ledgerEngine(options);
  const expires = expiryDay(options.expires, engine.clock.now());
  const createdAt = engine.clock.now().toISOString();
  const id = `ex-${createdAt.slice(0, 10)}-${randomUUID().slice(0, 8)}`;
  const exemption = { id, control, resource, owner, reason, expires, createdAt, createdBy: await caller(engine) };
  await engine.ledger.saveExemption(exemption);
  written(options, exemption, `${id}: ${resource} may stay as it is for ${control} until ${expires}.`);
}

/** A day from today to a year ahead. Throws UsageError. */
export function expiryDay(text: string, now: Date): string {
  const [first, last] = [now.toISOString().slice(0, 10), lastExpiry(now)];
  if (!isDate(text) || text < first || text > last)
    throw new UsageError(`--expires ${text}: give a day from ${first} to ${last}, written like ${last}`);
  return text;
}
