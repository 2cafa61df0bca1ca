import { STSClient } from '@aws-sdk/client-sts';
import { type Command, Option } from 'commander';
import { type AnyControl, MODES, type Mode } from '../control.ts';
import { controls as catalogue } from '../controls/index.ts';
import type { Detection } from '../detection.ts';
import { detections } from '../detections/index.ts';
import { UsageError } from './errors.ts';

/** What every subcommand takes. */
export interface CommonOptions {
  readonly json?: boolean;
  /** A path; `false` for --no-policy; absent for the default. */
  readonly policy?: string | false;
  readonly region?: string;
  readonly profile?: string;
}

/** What the subcommands take that look at resources. */
export interface LookOptions extends CommonOptions {
  readonly mode: Mode;
  readonly control: readonly string[];
  readonly exitCode?: boolean;
}

/** `narrows`: what --region says where it narrows the work of the command, and does not say where its home is. */
export const withCommonOptions = (command: Command, narrows?: string): Command =>
  command
    .option('--json', 'JSON Lines on stdout, and nothing else there')
    .option('--policy <file>', "the policy.yml to use (default: $EVENKEEL_POLICY, or the clone's policy.yml)")
    .option('--no-policy', "every control's recommended mode")
    .option('--region <region>', narrows ?? 'the AWS region where nothing else names one')
    .option('--profile <profile>', 'the AWS profile')
    .hook('preAction', () => useAws(command.opts<CommonOptions>(), narrows !== undefined));

export const withLookOptions = (command: Command, narrows?: string): Command =>
  withCommonOptions(command, narrows)
    .addOption(
      new Option('--mode <mode>', 'the most that may be done: detect shows the plan and writes nothing')
        .choices(MODES.filter((mode) => mode !== 'off'))
        .default('detect'),
    )
    .option('--control <id>', 'only this control (may be given again)', (id: string, ids: string[]) => [...ids, id], [])
    .option('--exit-code', 'exit with 3 where drift is left');

/** The SDK reads its settings from the environment; flags win over it, and a profile may have a region of its own. */
async function useAws({ region = '', profile }: CommonOptions, narrows: boolean): Promise<void> {
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
  const known = async () => homeRegion() || (await new STSClient().config.region().catch(() => ''));
  const chosen = narrows ? (await known()) || region : region || (await known());
  if (chosen !== '') process.env.AWS_REGION = chosen;
}

/** The region that holds where nothing else names one; empty where there is none. */
export const homeRegion = (): string => process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || '';

/** The controls that were asked for, or all; detections have ids as controls do. Throws UsageError for an id that does not exist. */
export function chosenControls(ids: readonly string[]): readonly AnyControl[] {
  for (const id of ids) {
    if (![...catalogue, ...detections].some((one) => one.id === id))
      throw new UsageError(`--control ${id}: there is no such control; \`evenkeel controls\` lists them`);
  }
  return ids.length === 0 ? catalogue : catalogue.filter(({ id }) => ids.includes(id));
}

/** The detections that were asked for, or all. */
export const chosenDetections = (ids: readonly string[]): readonly Detection[] =>
  ids.length === 0 ? detections : detections.filter(({ id }) => ids.includes(id));
