import { Command } from 'commander';
import { globalRegionOf } from '../aws/partitions.ts';
import { MODES, type Mode } from '../control.ts';
import { controls as catalogue } from '../controls/index.ts';
import { detections } from '../detections/index.ts';
import { lower } from '../engine/run/modes.ts';
import type { Result } from '../result.ts';
import { counted, visible, visibleJson, withoutErrorNames } from '../text.ts';
import { colors } from './colors.ts';
import { reconcilingRun } from './context.ts';
import { UsageError } from './errors.ts';
import { type CommonOptions, homeRegion, withCommonOptions } from './options.ts';
import { type ChosenPolicy, policyOf } from './policy.ts';
import { type ControlChange, controlChanges, type SettingChange, settingChanges } from './policy-changes.ts';
import { printAnswer } from './results-printer.ts';
import { regionsOf, useAdaptiveRetries } from './sweep.ts';
import { runSweep } from './sweep-run.ts';

interface DiffOptions extends CommonOptions {
  readonly offline?: boolean;
}

export const policyCommand = () =>
  new Command('policy')
    .description('Check a policy.yml, or show what another one would do.')
    .addCommand(
      withCommonOptions(new Command('validate'))
        .description('Check a policy.yml: each error with its line; else what it sets.')
        .argument('[file]', "the policy.yml (default: $EVENKEEL_POLICY, or the clone's policy.yml)")
        .action(validate),
    )
    .addCommand(
      withCommonOptions(new Command('diff'), 'only this AWS region (default: all enabled regions of the account)')
        .description('Show what another policy would do: modes, permissions, findings and calls. Changes nothing.')
        .argument('<file>', 'the other policy.yml; with a second file, the one to start from')
        .argument('[other]', 'the other policy.yml, where the first is the one to start from')
        .option('--offline', 'compare the files only, without looking at the account')
        .action(diff),
    );

function validate(file: string | undefined, options: CommonOptions): void {
  const { policy, document, source } = policyOf(file === undefined ? options : { policy: file });
  const ofDetections = detections.map((one) => lower(policy.reachAnywhere(one), 'detect'));
  const judges = [...catalogue.map((one) => policy.reachAnywhere(one)), ...ofDetections];
  const modes = Object.fromEntries(MODES.map((mode) => [mode, judges.filter((one) => one === mode).length]));
  const exemptions = document?.exemptions?.length ?? 0;
  const counts = MODES.toReversed().map((mode) => `${modes[mode]} ${mode}`);
  const words = `${visible(source)}: valid. ${counts.join(', ')}; exemptions: ${exemptions}`;
  printAnswer(options, { policy: source, valid: true, modes, exemptions }, words);
}

/** What the resources are that a change is about, and what would be done with them. */
interface Effect {
  readonly findings: number;
  /** How often each call would be made. */
  readonly calls: Readonly<Record<string, number>>;
  readonly failed: readonly string[];
}

async function diff(first: string, second: string | undefined, options: DiffOptions): Promise<void> {
  const from = second === undefined ? policyOf(options) : policyOf({ policy: first });
  const to = policyOf({ policy: second ?? first });
  const [changes, settings] = [controlChanges(from.policy, to.policy), settingChanges(from.document, to.document)];
  const effects = options.offline === true ? null : await effectsOf(changes, to, second ?? first, options);
  for (const change of changes) {
    const effect = effects?.get(change.controlId) ?? null;
    printAnswer(options, { ...change, effect }, inWords(change, effect));
  }
  for (const setting of settings) printAnswer(options, setting, settingInWords(setting));
  if (changes.length + settings.length === 0 && !options.json) process.stdout.write('No differences.\n');
  const failed = [...new Set([...(effects?.values() ?? [])].flatMap((effect) => effect.failed))];
  for (const error of failed) process.stderr.write(`evenkeel: ${visible(withoutErrorNames(error))}\n`);
}

/** What is wrong now by the other policy, by control; read-only. */
async function effectsOf(
  changes: readonly ControlChange[],
  { policy }: ChosenPolicy,
  file: string,
  options: DiffOptions,
): Promise<ReadonlyMap<string, Effect>> {
  const raised = new Set(changes.filter(({ highest }) => highest.to !== 'off').map(({ controlId }) => controlId));
  const controls = catalogue.filter(({ id }) => raised.has(id));
  if (controls.length === 0) return new Map();
  if (homeRegion() === '') throw new UsageError('no region: give --region, set AWS_REGION, or compare with --offline');
  useAdaptiveRetries();
  const where = options.region === undefined ? 'all enabled regions' : `region ${options.region}`;
  const asked = { ...options, policy: file, mode: 'detect', control: [] } as const;
  const run = await reconcilingRun(asked, where, ({ caller }) => caller());
  const here = { accountId: run.checked.accountId, region: homeRegion() };
  const results: Result[] = [];
  const add = (result: Result) => results.push(result);
  await runSweep({
    engine: { ...run.engine, policy },
    accountId: here.accountId,
    regions: await regionsOf(options, run.engine, here, add),
    controls,
    catalogue,
    home: run.home ?? globalRegionOf(here.region),
    add,
  });
  return new Map(controls.map(({ id }) => [id, effectOf(id, results)]));
}

export function effectOf(controlId: string, results: readonly Result[]): Effect {
  const own = results.filter((result) => result.controlId === controlId && result.before === 'NON_COMPLIANT');
  const calls: Record<string, number> = {};
  for (const { service, operation } of own.flatMap(({ steps }) => steps)) {
    const call = `${service}:${operation}`;
    calls[call] = (calls[call] ?? 0) + 1;
  }
  // What could not be listed may be of any control.
  const failed = results.filter(
    (result) => result.outcome === 'failed' && (result.controlId ?? controlId) === controlId,
  );
  return { findings: own.length, calls, failed: failed.map(({ error }) => error ?? '') };
}

export function inWords(change: ControlChange, effect: Effect | null): string {
  const { controlId, severity, from, to, highest, parameters, permissions } = change;
  const isElsewhere = highest.from !== from || highest.to !== to;
  const lines = [
    `${colors.bold(controlId)}  ${severity}  ${from === to ? to : `${from} → ${colors.bold(to)}`}`,
    isElsewhere && `where a rule under matches holds: ${highest.from} → ${highest.to}`,
    parameters !== null && `parameters: ${json(parameters.from)} → ${json(parameters.to)}`,
    effect !== null && effectInWords(highest.to, effect),
    permissions.length > 0 && `the functions' roles gain: ${permissions.join(', ')}`,
  ];
  return lines.filter((line) => line !== false).join('\n    ');
}

function effectInWords(mode: Mode, { findings, calls }: Effect): string {
  const made = Object.entries(calls).map(([call, count]) => `${count} × ${call}`);
  const found = `${counted(findings, 'finding')} now`;
  if (findings === 0) return found;
  if (made.length === 0) return `${found}, none of which can be remediated without a person`;
  if (mode === 'remediate') return `${found}; it would call ${made.join(', ')}`;
  return mode === 'approve' ? `${found}; it would ask for approval of ${made.join(', ')}` : `${found}, only notified`;
}

const settingInWords = ({ setting, from, to }: SettingChange): string =>
  `${colors.bold(visible(setting))}: ${json(from)} → ${json(to)}`;

const json = (value: unknown): string => (value === null ? 'not set' : visibleJson(JSON.stringify(value)));
