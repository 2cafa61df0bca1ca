import { Command } from 'commander';
import { controls } from '../controls/index.ts';
import { approve as approvePlan, reject as rejectPlan } from '../engine/decide.ts';
import { caller } from './caller.ts';
import { EXIT } from './errors.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';
import { reportTo, written } from './report.ts';
import { lastingEngine } from './world.ts';

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

async function approve(id: string, options: CommonOptions): Promise<void> {
  const engine = lastingEngine(options);
  const result = await approvePlan(id, await caller(engine), engine, controls);
  const report = reportTo(options.json === true, false);
  report.add(result);
  const status = report.finish();
  if (result.outcome === 'awaitingApproval')
    process.stderr.write(`evenkeel: the state has changed since ${id}: the new plan is ${result.remediationId}\n`);
  process.exitCode = result.outcome === 'remediated' || result.outcome === 'compliant' ? status : EXIT.failed;
}

async function reject(id: string, options: CommonOptions & { readonly reason: string }): Promise<void> {
  const engine = lastingEngine(options);
  const record = await rejectPlan(id, await caller(engine), options.reason, engine);
  written(options, record, `Rejected ${id}: it is not asked for again while the drift lasts.`);
}
