import { Command } from 'commander';
import { controls } from '../controls/index.ts';
import { approvalNote, isResolved } from '../engine/decisions/approved.ts';
import { approve as approvePlan, awaitingApproval, reject as rejectPlan } from '../engine/reconcile/approvals.ts';
import { visible } from '../text.ts';
import { actingRun, type Check } from './context.ts';
import { EXIT } from './errors.ts';
import { summarizeChange } from './interrupt.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';
import { ownRecordId } from './record-id.ts';
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

/** The id of the plan that a person decides about. */
const decidable =
  (named: string): Check<string> =>
  async (run) =>
    (await awaitingApproval(await ownRecordId(named, run), run.engine)).id;

async function approve(named: string, options: CommonOptions): Promise<void> {
  const { engine, caller, checked: id } = await actingRun(options, "the record's own region", decidable(named));
  summarizeChange(`${id} may have begun`, 'what was done stands in its record; the next evaluation finishes it');
  const result = await approvePlan(id, (await caller()).arn, engine, controls);
  const report = resultsPrinter(options.json === true, false);
  report.add(result);
  const status = report.finish();
  const note = approvalNote(id, result);
  if (note !== null) process.stderr.write(`evenkeel: ${visible(note)}\n`);
  process.exitCode = isResolved(result) ? status : EXIT.failed;
}

async function reject(named: string, options: CommonOptions & { readonly reason: string }): Promise<void> {
  const { engine, caller, checked: id } = await actingRun(options, "the record's own region", decidable(named));
  summarizeChange(`${id} may be rejected`, 'npx evenkeel history says so');
  const record = await rejectPlan(id, (await caller()).arn, options.reason, engine, controls);
  printAnswer(options, record, `Rejected ${visible(id)}. Approval is not requested again while the drift lasts.`);
}
