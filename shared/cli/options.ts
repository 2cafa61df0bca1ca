import { STSClient } from '@aws-sdk/client-sts';
import { type Command, Option } from 'commander';
import { closest, distance } from 'fastest-levenshtein';
import { isKnownRegion, isRegionName, meantRegion, unknownRegion } from '../aws/region-names.ts';
import { type AnyControl, MODES, type Mode } from '../control.ts';
import { controls as catalogue } from '../controls/index.ts';
import type { Detection } from '../detection.ts';
import { detections } from '../detections/index.ts';
import { DEFAULT_STACK } from '../doctor/deployment.ts';
import { codeVersion } from '../lambda/version.ts';
import { fits } from '../policy/patterns.ts';
import { UsageError } from './errors.ts';
import { assertProfile } from './profiles.ts';

/** More ids than these are a list, which `controls` prints. */
const MAX_MEANT = 3;

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

const collected = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `narrows`: the description of --region where it limits the regions of a run instead of setting the default one. */
export const withCommonOptions = (command: Command, narrows?: string): Command =>
  command
    .version(codeVersion, '--version', 'print the version')
    .option('--json', 'print JSON Lines, and nothing else, to stdout')
    .option('--policy <file>', "the policy.yml to use (default: $EVENKEEL_POLICY, or the clone's policy.yml)")
    .option('--no-policy', "use every control's recommended mode instead of a policy")
    .option('--region <region>', narrows ?? 'the default AWS region')
    .option('--profile <profile>', 'the AWS profile')
    .option('--stack <name>', "the deployment's stack, in this region or the one it forwards to", DEFAULT_STACK)
    .hook('preAction', () => {
      assertNothingEmpty(command);
      return useAws(command.opts<CommonOptions>(), narrows !== undefined);
    });

export const withRunOptions = (command: Command, narrows?: string): Command =>
  withCommonOptions(command, narrows)
    .addOption(
      new Option('--mode <mode>', 'the highest mode allowed in this run: detect shows the plan and writes nothing')
        .choices(MODES.filter((mode) => mode !== 'off'))
        .default('detect'),
    )
    .addOption(controlOption())
    .addOption(exitCodeOption());

/** An option that may be given several times; `without`: what holds where it is not given. */
export const listOption = (flags: string, description: string, without: string) =>
  new Option(flags, description).argParser(collected).default([], without);

export const controlOption = () =>
  listOption('--control <id>', 'only this control (repeatable); * matches any characters', 'all');

export const exitCodeOption = () => new Option('--exit-code', 'exit with status 3 if drift is left');

/** Throws UsageError for an option or argument without a value: a variable of the shell that is not set. */
function assertNothingEmpty(command: Command): void {
  const isEmpty = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(isEmpty) : typeof value === 'string' && value.trim() === '';
  const values = command.opts();
  const flag = command.options.find((option) => isEmpty(values[option.attributeName()]))?.long;
  if (flag !== undefined) throw new UsageError(`${flag}: is empty`);
  const argument = command.registeredArguments.find((_, index) => isEmpty(command.processedArgs[index]));
  if (argument !== undefined) throw new UsageError(`the argument '${argument.name()}' is empty`);
}

/** Puts the flags into the environment, where the SDK reads its settings; a profile may set a region too. */
async function useAws({ region = '', profile }: CommonOptions, narrows: boolean): Promise<void> {
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
  // The SDK takes the profile also where there are keys in the environment.
  const { AWS_PROFILE } = process.env;
  if (AWS_PROFILE) await assertProfile(profile === undefined ? 'AWS_PROFILE' : '--profile', AWS_PROFILE);
  assertRegion('--region', region);
  assertEndpoint(process.env.AWS_ENDPOINT_URL);
  const chosen = narrows ? (await configuredRegion()) || region : region || (await configuredRegion());
  if (chosen !== '') process.env.AWS_REGION = chosen;
}

/** Throws UsageError for what the SDK would take for no URL, or for one of another protocol. */
function assertEndpoint(text = ''): void {
  if (text === '' || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol))) return;
  throw new UsageError(`AWS_ENDPOINT_URL ${text}: must be a URL like http://127.0.0.1:4566`);
}

/** The region of the environment, else of the profile; empty where neither names one. Throws UsageError for one that is none. */
async function configuredRegion(): Promise<string> {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const [name, region] = AWS_REGION
    ? ['AWS_REGION', AWS_REGION]
    : AWS_DEFAULT_REGION
      ? ['AWS_DEFAULT_REGION', AWS_DEFAULT_REGION]
      : ["the profile's region", await new STSClient().config.region().catch(() => '')];
  assertRegion(name, region);
  return region;
}

/** Throws UsageError for what is no name of a region; reports on stderr one that is newer than the SDK's data, or does not exist. Empty is none. `name`: where it was given. */
export function assertRegion(name: string, region: string): void {
  if (region === '' || isKnownRegion(region)) return;
  if (!isRegionName(region)) throw new UsageError(`${name} ${region}: ${unknownRegion(region)}`);
  process.stderr.write(`evenkeel: ${name} ${region}: not known to the AWS SDK; ${meantRegion(region)}\n`);
}

/** The default region; empty where none is set. */
export const homeRegion = (): string => process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || '';

/** The default region, or `otherwise`. Throws UsageError where there is neither. */
export function requiredRegion(otherwise = ''): string {
  const region = homeRegion() || otherwise;
  if (region === '') throw new UsageError('no region: give --region, or set AWS_REGION');
  return region;
}

/** Throws UsageError unless there is a control or detection of this id. `given`: where it was named. */
export function assertControl(id: string, given = '--control '): void {
  const ids = [...catalogue, ...detections].map((one) => one.id);
  if (ids.includes(id)) return;
  const meant = meantControls(id, ids);
  throw new UsageError(`${given}${id}: unknown control; ${meant}npx evenkeel controls lists them`);
}

/** A question, and a space after it, for the ids that begin so or the one that is near; empty where there is none. */
function meantControls(id: string, ids: readonly string[]): string {
  const longer = ids.filter((one) => one.startsWith(id));
  if (longer.length > 0 && longer.length <= MAX_MEANT) return `did you mean ${longer.join(' or ')}? `;
  const nearest = closest(id, ids);
  return distance(id, nearest) <= id.length / 2 ? `did you mean ${nearest}? ` : '';
}

/** The only control or detection whose id begins so; else the text itself. */
export function wholeControlId(text: string): string {
  const longer = [...catalogue, ...detections].map((one) => one.id).filter((id) => id.startsWith(text));
  return longer.length === 1 && longer[0] !== undefined ? longer[0] : text;
}

/** The controls with these ids (`*` matches any characters), or all; the id of a detection is accepted and selects no control. Throws UsageError for an id that fits none. */
export function chosenControls(ids: readonly string[], given?: string): readonly AnyControl[] {
  for (const id of ids) if (![...catalogue, ...detections].some((one) => fits(id, one.id))) assertControl(id, given);
  return chosenOf(catalogue, ids);
}

/** The detections with these ids, or all. */
export const chosenDetections = (ids: readonly string[]): readonly Detection[] => chosenOf(detections, ids);

const chosenOf = <T extends { readonly id: string }>(all: readonly T[], ids: readonly string[]): readonly T[] =>
  ids.length === 0 ? all : all.filter((one) => ids.some((id) => fits(id, one.id)));
