import { Command } from 'commander';
import { controls } from '../controls/index.ts';
import type { Engine } from '../engine/context.ts';
import { reconcile } from '../engine/reconcile/reconciler.ts';
import { ACCOUNT } from '../ledger/breaker.ts';
import { type Flaps, withoutFlapsOf } from '../ledger/flap.ts';
import type { OpenFinding } from '../ledger/ledger.ts';
import { caller } from './caller.ts';
import { lastingEngine, ledgerEngine } from './context.ts';
import { UsageError } from './errors.ts';
import { type CommonOptions, chosenControls, withCommonOptions } from './options.ts';
import { reportTo, written } from './report.ts';

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
    .option('--resource <arn or id>', 'with --control: end the flap of this resource instead of a pause')
    .option('--look', 'look again at what was halted, and remediate it where the modes allow')
    .action(resume);

async function resume(options: ResumeOptions): Promise<void> {
  const { control = null, resource, breaker } = options;
  if (control !== null) chosenControls([control]);
  if (resource !== undefined && control === null)
    throw new UsageError('--resource: name the --control whose flap ends');
  if (resource !== undefined && breaker) throw new UsageError('--breaker is of all resources: leave --resource out');
  // Only another look acts, and only that needs a policy.
  const engine = options.look ? lastingEngine(options) : ledgerEngine(options);
  const halted = await haltedFindings(options, engine);
  if (resource !== undefined && control !== null) await endFlaps(halted, control, resource, engine);
  else if (breaker) await engine.ledger.breakers.close(control ?? ACCOUNT);
  else await endPause(control, options, engine);
  if (options.look) await lookAgain(halted, options, engine);
  else written(options, { resumed: control, halted: halted.length }, inWords(options, halted.length));
}

async function haltedFindings(
  { control, resource }: ResumeOptions,
  { ledger }: Engine,
): Promise<readonly OpenFinding[]> {
  const halted: OpenFinding[] = [];
  for await (const finding of ledger.openFindings()) {
    const { outcome, controlId, ref, arn } = finding;
    if (outcome !== 'halted' || (control !== undefined && controlId !== control)) continue;
    if (resource === undefined || resource === ref.resourceId || resource === arn) halted.push(finding);
  }
  return halted;
}

async function endFlaps(halted: readonly OpenFinding[], control: string, resource: string, { ledger }: Engine) {
  if (halted.length === 0) throw new UsageError(`--resource ${resource}: nothing of ${control} is halted there`);
  for (const { key } of halted)
    await ledger.update(await ledger.load(key), (state) => ({
      next: { ...state, flaps: flapsAfter(state.flaps, control) },
      answer: undefined,
    }));
}

/** A flap is an element's: where none of them is the control's own, it is stopped by those of others. */
function flapsAfter(flaps: Flaps, control: string): Flaps {
  const others = withoutFlapsOf(flaps, control);
  return Object.keys(others).length < Object.keys(flaps).length ? others : {};
}

/** With --look it is enough that nothing is paused any more. */
async function endPause(control: string | null, { look }: ResumeOptions, engine: Engine): Promise<void> {
  if (await engine.ledger.resume(control)) {
    const by = await caller(engine);
    const what = control ?? 'everything';
    await engine.notifier.announce({
      severity: 'HIGH',
      subject: `Evenkeel was resumed: ${what}`,
      text: `Resumed by ${by}: ${what} is remediated again where the modes allow.`,
    });
    return;
  }
  const pauses = (await engine.ledger.pauses()).map((pause) => pause.control ?? 'everything');
  const holds = pauses.length === 0 ? 'nothing is' : `paused: ${pauses.join(', ')}`;
  if (!look || pauses.length > 0) throw new UsageError(`${control ?? 'everything'} is not paused; ${holds}`);
}

function inWords({ control, resource, breaker }: ResumeOptions, halted: number): string {
  const which = [breaker && '--breaker', control && `--control ${control}`, resource && `--resource ${resource}`];
  const again = ['npx evenkeel resume', ...which.filter(Boolean), '--look'].join(' ');
  const what = [control ?? 'everything', resource && `on ${resource}`].filter(Boolean).join(' ');
  const findings = halted === 1 ? '1 finding waits' : `${halted} findings wait`;
  return `Resumed: ${what}. ${halted === 0 ? 'No finding waits.' : `${findings}; look again: ${again}`}`;
}

async function lookAgain(halted: readonly OpenFinding[], options: ResumeOptions, engine: Engine): Promise<void> {
  const report = reportTo(options.json === true, false);
  const cause = {
    eventId: null,
    eventName: 'Resume',
    eventTime: null,
    receivedAt: engine.clock.now().toISOString(),
    attribution: null,
    byPerson: true,
  };
  for (const { controlId, ref } of halted) {
    const own = controls.filter(({ id }) => id === controlId);
    const resource = own[0]?.resource;
    if (resource === undefined) continue;
    const siblings = controls.filter((control) => control.resource === resource);
    const results = await reconcile({ resource, ref, controls: own, siblings }, cause, engine);
    for (const result of results) report.add(result);
  }
  process.exitCode = report.finish();
}
