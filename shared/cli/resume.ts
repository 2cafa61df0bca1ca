import { Command } from 'commander';
import { controls } from '../controls/index.ts';
import { reconcile } from '../engine/reconcile.ts';
import { ACCOUNT } from '../ledger/breaker.ts';
import { STEADY } from '../ledger/flap.ts';
import type { Finding } from '../ledger/ledger.ts';
import { UsageError } from './errors.ts';
import { type CommonOptions, chosenControls, withCommonOptions } from './options.ts';
import { reportTo, written } from './report.ts';
import { lastingEngine } from './world.ts';

interface ResumeOptions extends CommonOptions {
  readonly control?: string;
  readonly resource?: string;
  readonly breaker?: boolean;
  readonly look?: boolean;
}

export const resumeCommand = () =>
  withCommonOptions(new Command('resume'))
    .description('End a pause, a breaker or a flap by hand.')
    .option('--control <id>', 'the pause, breaker or flap of this control; without it: of everything')
    .option('--breaker', 'close the breaker instead of ending a pause')
    .option('--resource <id>', 'with --control: end the flap of this resource instead of a pause')
    .option('--look', 'look again at what was halted, and put it right where the modes allow')
    .action(resume);

async function resume(options: ResumeOptions): Promise<void> {
  const { control = null, resource, breaker } = options;
  if (control !== null) chosenControls([control]);
  if (resource !== undefined && control === null)
    throw new UsageError('--resource: name the --control whose flap ends');
  const engine = lastingEngine(options);
  const halted: (Finding & { readonly key: string })[] = [];
  for await (const finding of engine.ledger.openFindings())
    if (
      finding.outcome === 'halted' &&
      (control === null || finding.controlId === control) &&
      (resource === undefined || finding.ref.resourceId === resource)
    )
      halted.push(finding);

  if (resource !== undefined && control !== null) {
    for (const { key } of halted) await engine.ledger.saveFlap(key, control, STEADY);
    if (halted.length === 0) throw new UsageError(`--resource ${resource}: nothing of ${control} is halted there`);
  } else if (breaker) await engine.ledger.breakers.close(control ?? ACCOUNT);
  else if (!(await engine.ledger.resume(control))) throw new UsageError(`${control ?? 'everything'} is not paused`);

  if (!options.look) {
    const more =
      halted.length === 0
        ? ''
        : ` ${halted.length} findings were halted; look at them again: npx evenkeel resume … --look, or npx evenkeel sweep --mode remediate`;
    written(options, { resumed: control, halted: halted.length }, `Resumed: ${control ?? 'everything'}.${more}`);
    return;
  }
  const report = reportTo(options.json === true, false);
  for (const { controlId, ref } of halted) {
    const own = controls.filter(({ id }) => id === controlId);
    const definition = own[0]?.resource;
    if (definition === undefined) continue;
    const cause = {
      eventId: null,
      eventName: 'Resume',
      eventTime: null,
      receivedAt: engine.clock.now().toISOString(),
      attribution: null,
    };
    for (const result of await reconcile({ resource: definition, ref, controls: own }, cause, engine))
      report.add(result);
  }
  process.exitCode = report.finish();
}
