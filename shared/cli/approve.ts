import { Command } from 'commander';
import { controls } from '../controls/index.ts';
import { approve as approvePlan, reject as rejectPlan } from '../engine/reconcile/approvals.ts';
import type { Outcome } from '../result.ts';
import { shellQuoted, visible } from '../text.ts';
import { actingRun } from './context.ts';
import { EXIT } from './errors.ts';
import { summarizeChange } from './interrupt.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';
import { assertOwnRecord } from './own-record.ts';
import { recordIdOf } from './record-id.ts';
import { printAnswer, resultsPrinter } from './results-printer.ts';

export const approveCommand = () =>
  withCommonOptions(new Command('approve'))
    .description('Execute exactly the plan that awaits approval, if the resource still has the state it was made for.')
    .argument('<id>', 'the remediation that awaits approval: rem-…, or how its id begins')
    .action(approve);

export const rejectCommand = () =>
  withCommonOptions(new Command('reject'))
    .description('Reject a plan that awaits approval; approval is not requested again while the drift lasts.')
    .argument('<id>', 'the remediation that awaits approval: rem-…, or how its id begins')
    .requiredOption('--reason <text>', 'why not')
    .action(reject);

/** Outcomes after which the drift is gone, by this approval or by itself. */
const RESOLVED: readonly Outcome[] = ['remediated', 'compliant', 'notApplicable'];

async function approve(named: string, options: CommonOptions): Promise<void> {
  const run = await actingRun(options, "the record's own region");
  const id = await recordIdOf(named, run.engine.ledger);
  await assertOwnRecord(id, run);
  const { engine, caller } = run;
  summarizeChange(`${id} may have begun`, 'what was done stands in its record; the next evaluation finishes it');
  const result = await approvePlan(id, (await caller()).arn, engine, controls);
  const report = resultsPrinter(options.json === true, false);
  report.add(result);
  const status = report.finish();
  const note = (text: string) => process.stderr.write(`evenkeel: ${visible(text)}\n`);
  if (result.outcome === 'awaitingApproval')
    note(
      `the resource has changed since ${id} was planned: nothing was done; to approve the new plan: npx evenkeel approve ${shellQuoted(result.remediationId ?? '')}`,
    );
  else if (!RESOLVED.includes(result.outcome)) note(`${id} was not executed: ${result.error ?? result.annotation}`);
  else if (result.outcome !== 'remediated') note(`${id}: the resource was already compliant, nothing was done`);
  process.exitCode = RESOLVED.includes(result.outcome) ? status : EXIT.failed;
}

async function reject(named: string, options: CommonOptions & { readonly reason: string }): Promise<void> {
  const run = await actingRun(options, "the record's own region");
  const id = await recordIdOf(named, run.engine.ledger);
  await assertOwnRecord(id, run);
  const { engine, caller } = run;
  summarizeChange(`${id} may be rejected`, 'npx evenkeel history says so');
  const record = await rejectPlan(id, (await caller()).arn, options.reason, engine, controls);
  printAnswer(options, record, `Rejected ${visible(id)}. Approval is not requested again while the drift lasts.`);
}
