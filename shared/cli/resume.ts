import { Command } from 'commander';
import { controls } from '../controls/index.ts';
import type { Engine } from '../engine/context.ts';
import { foreignOwnerOf } from '../engine/intake/ownership.ts';
import { reconcile } from '../engine/reconcile/reconciler.ts';
import { ACCOUNT } from '../ledger/breaker.ts';
import { type Flaps, withoutFlapsOf } from '../ledger/flap.ts';
import type { OpenFinding } from '../ledger/ledger.ts';
import { counted, shellQuoted, visible } from '../text.ts';
import { actingRun, type Check, type CommandRun, ledgerRun } from './context.ts';
import { UsageError } from './errors.ts';
import { assertControl, type CommonOptions, withCommonOptions } from './options.ts';
import { arnOf } from './output/entry.ts';
import { printAnswer, resultsPrinter } from './results-printer.ts';

interface ResumeOptions extends CommonOptions {
  readonly control?: string;
  readonly resource?: string;
  readonly breaker?: boolean;
  readonly look?: boolean;
}

export const resumeCommand = () =>
  withCommonOptions(new Command('resume'))
    .description('End a pause, close a circuit breaker, or clear a flap stop.')
    .option('--control <id>', 'the pause, breaker or flap stop of this control (default: the one of everything)')
    .option('--breaker', 'close the circuit breaker instead of ending a pause')
    .option('--resource <arn or id>', 'with --control: clear the flap stop of this resource instead of ending a pause')
    .option('--look', 'then reconcile the halted findings, and remediate them where the modes allow')
    .action(resume);

async function resume(options: ResumeOptions): Promise<void> {
  const { control = null, resource, breaker } = options;
  if (control !== null) assertControl(control);
  if (resource !== undefined && control === null)
    throw new UsageError('--resource needs --control: the control whose flap stop to clear');
  if (resource !== undefined && breaker) throw new UsageError('--breaker and --resource cannot be combined');
  // Only --look acts on resources, and only that needs a policy.
  const run = await (options.look
    ? actingRun(options, "the findings' own regions", resumable(options))
    : ledgerRun(options, 'ledger', resumable(options)));
  const { engine, checked: halted } = run;
  if (resource !== undefined && control !== null) await clearFlaps(halted, control, engine);
  else if (breaker) await engine.ledger.breakers.close(control ?? ACCOUNT);
  else await endPause(control, run);
  if (options.look) await reconcileHalted(halted, options, run);
  else printAnswer(options, { resumed: control, halted: halted.length }, inWords(options, halted.length));
}

/** The findings that go on. Throws UsageError where nothing is there to resume. */
const resumable =
  (options: ResumeOptions): Check<readonly OpenFinding[]> =>
  async ({ engine }) => {
    const { control, resource, breaker } = options;
    const halted = await haltedFindings(options, engine);
    if (resource !== undefined && halted.length === 0)
      throw new UsageError(`--resource ${resource}: it has no halted finding of ${control}`);
    if (resource === undefined && !breaker) await assertPaused(options, engine);
    return halted;
  };

/** With --look it is no error that nothing at all is paused. */
async function assertPaused({ control, look }: ResumeOptions, { ledger }: Engine): Promise<void> {
  const pauses = await ledger.pauses();
  if (pauses.some((pause) => pause.control === (control ?? null)) || (look && pauses.length === 0)) return;
  const names = pauses.map((pause) => pause.control ?? 'everything');
  const current = names.length === 0 ? 'nothing is paused' : `paused: ${names.join(', ')}`;
  throw new UsageError(`${control ?? 'everything'} is not paused; ${current}`);
}

async function haltedFindings(
  { control, resource }: ResumeOptions,
  { ledger }: Engine,
): Promise<readonly OpenFinding[]> {
  const halted: OpenFinding[] = [];
  for await (const finding of ledger.openFindings()) {
    const { outcome, controlId, ref } = finding;
    const arn = arnOf(controlId, ref) ?? finding.arn;
    if (outcome !== 'halted' || (control !== undefined && controlId !== control)) continue;
    if (resource === undefined || resource === ref.resourceId || resource === arn) halted.push(finding);
  }
  return halted;
}

async function clearFlaps(halted: readonly OpenFinding[], control: string, { ledger }: Engine) {
  for (const { key } of halted)
    await ledger.update(await ledger.load(key), (state) => ({
      next: { ...state, flaps: flapsAfter(state.flaps, control) },
      answer: undefined,
    }));
}

/** Flaps are counted per element: where none is the control's own, those of other controls stop it. */
function flapsAfter(flaps: Flaps, control: string): Flaps {
  const others = withoutFlapsOf(flaps, control);
  return Object.keys(others).length < Object.keys(flaps).length ? others : {};
}

/** Does nothing where another has ended it. */
async function endPause(control: string | null, { engine, caller }: CommandRun) {
  if (!(await engine.ledger.resume(control))) return;
  const by = (await caller()).arn;
  const scope = control ?? 'everything';
  await engine.notifier.announce({
    severity: 'HIGH',
    kind: 'recovered',
    subject: `Evenkeel was resumed: ${scope}`,
    text: `Resumed by ${by}: ${scope} is remediated again where the modes allow.`,
  });
}

function inWords({ control, resource, breaker }: ResumeOptions, halted: number): string {
  const flags = [
    breaker && '--breaker',
    control && `--control ${shellQuoted(control)}`,
    resource && `--resource ${shellQuoted(resource)}`,
  ];
  const reconcileCommand = ['npx evenkeel resume', ...flags.filter(Boolean), '--look'].join(' ');
  const scope = [control ?? 'everything', resource && `on ${visible(resource)}`].filter(Boolean).join(' ');
  return `Resumed: ${scope}. ${halted === 0 ? 'No halted findings.' : `${counted(halted, 'halted finding')}; to reconcile now: ${reconcileCommand}`}`;
}

async function reconcileHalted(halted: readonly OpenFinding[], options: ResumeOptions, { engine, caller }: CommandRun) {
  const report = resultsPrinter(options.json === true, false);
  const cause = {
    eventId: null,
    eventName: 'Resume',
    eventTime: null,
    receivedAt: engine.clock.now().toISOString(),
    attribution: null,
    byPerson: true,
  };
  const { accountId } = await caller();
  for (const { controlId, ref } of halted) {
    const owner = foreignOwnerOf(ref, accountId);
    if (owner !== null) {
      const left = visible(
        `${controlId} ${ref.resourceId} is of account ${owner}, these credentials are of account ${accountId}`,
      );
      process.stderr.write(`evenkeel: not reconciled: ${left}\n`);
      continue;
    }
    const own = controls.filter(({ id }) => id === controlId);
    const resource = own[0]?.resource;
    if (resource === undefined) continue;
    const siblings = controls.filter((control) => control.resource === resource);
    const results = await reconcile({ resource, ref, controls: own, siblings }, cause, engine);
    for (const result of results) report.add(result);
  }
  process.exitCode = report.finish();
}
