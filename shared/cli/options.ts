import { STSClient } from '@aws-sdk/client-sts';
import { type Command, Option } from 'commander';
import { type AnyControl, MODES, type Mode } from '../control.ts';
import { controls as catalogue } from '../controls/index.ts';
import type { Detection } from '../detection.ts';
import { detections } from '../detections/index.ts';
import { DEFAULT_STACK } from '../doctor/deployment.ts';
import { UsageError } from './errors.ts';

/** The options of every subcommand. */
export interface CommonOptions {
  readonly json?: boolean;
  /** A path; `false` for --no-policy; absent for the default. */
  readonly policy?: string | false;
  readonly region?: string;
  readonly profile?: string;
  /** The stack of the deployment. */
  readonly stack?: string;
}

/** The options of the subcommands that evaluate resources. */
export interface RunOptions extends CommonOptions {
  readonly mode: Mode;
  readonly control: readonly string[];
  readonly exitCode?: boolean;
}

/** `narrows`: the description of --region where it limits the regions of a run instead of setting the default one. */
export const withCommonOptions = (command: Command, narrows?: string): Command =>
  command
    .option('--json', 'print JSON Lines, and nothing else, to stdout')
    .option('--policy <file>', "the policy.yml to use (default: $EVENKEEL_POLICY, or the clone's policy.yml)")
    .option('--no-policy', "use every control's recommended mode instead of a policy")
    .option('--region <region>', narrows ?? 'the default AWS region')
    .option('--profile <profile>', 'the AWS profile')
    .option('--stack <name>', "the deployment's stack, in this region or the one it forwards to", DEFAULT_STACK)
    .hook('preAction', () => useAws(command.opts<CommonOptions>(), narrows !== undefined));

export const withRunOptions = (command: Command, narrows?: string): Command =>
  withCommonOptions(command, narrows)
    .addOption(
      new Option('--mode <mode>', 'the highest mode allowed in this run: detect shows the plan and writes nothing')
        .choices(MODES.filter((mode) => mode !== 'off'))
        .default('detect'),
    )
    .option('--control <id>', 'only this control (repeatable)', (id: string, ids: string[]) => [...ids, id], [])
    .option('--exit-code', 'exit with status 3 if drift is left');

/** Puts the flags into the environment, where the SDK reads its settings; a profile may set a region too. */
async function useAws({ region = '', profile }: CommonOptions, narrows: boolean): Promise<void> {
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
  const known = async () => homeRegion() || (await new STSClient().config.region().catch(() => ''));
  const chosen = narrows ? (await known()) || region : region || (await known());
  if (chosen !== '') process.env.AWS_REGION = chosen;
}

/** The default region; empty where none is set. */
export const homeRegion = (): string => process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || '';

/** The default region, or `otherwise`. Throws UsageError where there is neither. */
export function requiredRegion(otherwise = ''): string {
  const region = homeRegion() || otherwise;
  if (region === '') throw new UsageError('no region: give --region, or set AWS_REGION');
  return region;
}

/** The controls with these ids, or all; the id of a detection is accepted and selects no control. Throws UsageError for an unknown id. */
export function chosenControls(ids: readonly string[]): readonly AnyControl[] {
  for (const id of ids) {
    if (![...catalogue, ...detections].some((one) => one.id === id))
      throw new UsageError(`--control ${id}: unknown control; npx evenkeel controls lists them`);
  }
  return ids.length === 0 ? catalogue : catalogue.filter(({ id }) => ids.includes(id));
}

/** The detections with these ids, or all. */
export const chosenDetections = (ids: readonly string[]): readonly Detection[] =>
  ids.length === 0 ? detections : detections.filter(({ id }) => ids.includes(id));
