import { Command } from 'commander';
import { controls } from '../controls/index.ts';
import { approve as approvePlan, reject as rejectPlan } from '../engine/reconcile/approvals.ts';
import type { Outcome } from '../result.ts';
import { caller } from './caller.ts';
import { lastingEngine } from './context.ts';
import { EXIT } from './errors.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';
import { reportTo, written } from './report.ts';

export const approveCommand = () =>
  withCommonOptions(new Command('approve'))
    .description('Run exactly the plan that waits for approval, if the state is still the one it was made for.')
    .argument('<id>', 'the remediation that waits: rem-…')
    .action(approve);

export const rejectCommand = () =>
  withCommonOptions(new Command('reject'))
    .description('End a plan that waits for approval; it is not asked for again while the drift lasts.')
    .argument('<id>', 'the remediation that waits: rem-…')
    .requiredOption('--reason <text>', 'why not')
    .action(reject);

/** The drift has gone, by this approval or by itself. */
const WELL: readonly Outcome[] = ['remediated', 'compliant', 'notApplicable'];

async function approve(id: string, options: CommonOptions): Promise<void> {
  const engine = lastingEngine(options);
  const result = await approvePlan(id, await caller(engine), engine, controls);
  const report = reportTo(options.json === true, false);
  report.add(result);
  const status = report.finish();
  const say = (text: string) => process.stderr.write(`evenkeel: ${text}\n`);
  if (result.outcome === 'awaitingApproval')
    say(
      `the state has changed since ${id}, nothing was done; the new plan: npx evenkeel approve ${result.remediationId}`,
    );
  else if (!WELL.includes(result.outcome)) say(`${id} was not carried out: ${result.error ?? result.annotation}`);
  else if (result.outcome !== 'remediated') say(`there was nothing left to do for ${id}`);
  process.exitCode = WELL.includes(result.outcome) ? status : EXIT.failed;
}

async function reject(id: string, options: CommonOptions & { readonly reason: string }): Promise<void> {
  const engine = lastingEngine(options);
  const record = await rejectPlan(id, await caller(engine), options.reason, engine, controls);
  written(options, record, `Rejected ${id}: it is not asked for again while the drift lasts.`);
}
