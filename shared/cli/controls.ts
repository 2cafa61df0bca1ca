import { Command } from 'commander';
import type { AnyControl, Mode } from '../control.ts';
import type { Detection } from '../detection.ts';
import { lower } from '../engine/run/modes.ts';
import { FRAMEWORKS, type Framework, requirementsIn } from '../frameworks.ts';
import type { Configurable, PolicyDocument, Settings } from '../policy/policy.ts';
import { modeOfMatch, whereOf } from '../policy/settings.ts';
import { counted, visible, visibleJson } from '../text.ts';
import { colors } from './colors.ts';
import { defaultRegion } from './context.ts';
import { type ControlFilters, filtered, frameworkOf, severityIn } from './control-filters.ts';
import { UsageError } from './errors.ts';
import { policyText, writeNew } from './framework-policy.ts';
import {
  type CommonOptions,
  chosenControls,
  chosenDetections,
  homeRegion,
  wholeControlId,
  withCommonOptions,
} from './options.ts';
import { lineWidth, wrapped } from './output/wrap.ts';
import { policyOf } from './policy.ts';
import { printHeader } from './run-header.ts';

interface ControlsOptions extends CommonOptions, ControlFilters {
  readonly writePolicy?: string;
}

export const controlsCommand = () =>
  withCommonOptions(new Command('controls'))
    .description('List all controls and detections with the mode of each in your policy, where it differs, and why.')
    .argument(
      '[id]',
      'only this one, with its texts; the beginning of an id is enough where no other begins so; * matches any characters',
    )
    .option('--framework <id>', `only what a framework asks for: ${FRAMEWORKS.map(({ id }) => id).join(', ')}`)
    .option('--severity <severity>', 'only this severity and above', severityIn)
    .option('--service <id>', 'only this service; * matches any characters')
    .option('--write-policy <file>', 'with --framework: write a new policy that detects these controls and no others')
    .action(controls);

function controls(id: string | undefined, options: ControlsOptions): void {
  const ids = id === undefined ? [] : [wholeControlId(id)];
  const named = new Set([...chosenControls(ids, ''), ...chosenDetections(ids)].map((one) => one.id));
  const all = [...chosenControls([]), ...chosenDetections([])].map(described);
  const chosen = filtered(all, options).filter((one) => named.has(one.id));
  if (options.writePolicy === undefined) list(chosen, id !== undefined, options);
  else if (options.framework === undefined) throw new UsageError('--write-policy: give --framework too');
  else writePolicy(options.writePolicy, frameworkOf(options.framework), chosen);
}

function writePolicy(file: string, framework: Framework, chosen: readonly Described[]): void {
  if (chosen.length === 0) throw new UsageError(`--write-policy ${file}: no control is left by these filters`);
  writeNew(file, policyText(framework, chosen));
  process.stderr.write(`evenkeel: wrote ${file}: ${counted(chosen.length, 'control')} in mode detect\n`);
}

/** A control or a detection, as this subcommand shows it. */
type Described = ReturnType<typeof described>;

const described = (one: AnyControl | Detection) =>
  'resource' in one
    ? { ...one, service: one.resource.service.id as string, resourceType: one.resource.type as string }
    : { ...one, service: one.service.id, impact: 'none' as const };

function list(chosen: readonly Described[], explained: boolean, options: ControlsOptions): void {
  const { document, policy, source } = policyOf(options);
  printHeader({ regions: defaultRegion(), policy: source, access: 'nothing' });
  const ref = { resourceType: '', resourceId: '', accountId: '', region: homeRegion() };
  if (chosen.length === 0) process.stderr.write('evenkeel: no control or detection is left by these filters\n');
  for (const one of chosen) {
    const settings = policy.settingsFor(one, { ref, arn: '', tags: null });
    const row = rowOf(one, { ...settings, mode: capped(settings.mode, one) }, matchesOf(one, document));
    process.stdout.write(options.json ? `${visibleJson(JSON.stringify(row))}\n` : inWords(row, explained ? one : null));
  }
}

type Row = ReturnType<typeof rowOf>;

const rowOf = (one: Described, settings: Settings, matches: ReturnType<typeof matchesOf>) => ({
  controlId: one.id,
  title: one.title,
  severity: one.severity,
  service: one.service,
  resourceType: one.resourceType,
  mode: settings.mode,
  why: settings.why,
  matches,
  recommendedMode: one.recommendedMode,
  impact: one.impact,
  parameters: settings.parameters,
  securityControlIds: one.securityControlIds,
  relatedRequirements: one.relatedRequirements,
});

/** Columns before the texts: those of mode and severity, where there is room. */
const [INDENT, NARROW_INDENT, NARROW] = [21, 4, 80];

/** Mode, severity and id, below them the title and why the mode holds; all the texts of `explained`. */
function inWords(row: Row, explained: Described | null): string {
  const elsewhere = row.matches.map((match) => `${match.mode} where ${match.where}`);
  const lines = [row.title, ...[row.why, ...elsewhere].map((line) => colors.dim(visible(line)))];
  if (explained !== null) lines.push(...explanation(row, explained));
  const heading = `${row.mode.padEnd(10)} ${row.severity.padEnd(9)} ${colors.bold(row.controlId)}`;
  const indent = lineWidth() < NARROW ? NARROW_INDENT : INDENT;
  return [...wrapped(heading, 0, indent), ...lines.flatMap((line) => wrapped(line, indent))]
    .map((line) => `${line}\n`)
    .join('');
}

function explanation(row: Row, { description, rationale, guidance, securityControlIds }: Described): readonly string[] {
  const required = [{ name: 'Security Hub', met: securityControlIds }, ...metIn(row)]
    .filter(({ met }) => met.length > 0)
    .map(({ name, met }) => `${name} ${met.join(', ')}`);
  return [
    description,
    `Why: ${rationale}`,
    `What to do: ${guidance}`,
    `Resource: ${row.resourceType}; impact of the remediation: ${row.impact}; recommended mode: ${row.recommendedMode}`,
    ...Object.entries(row.parameters).map(
      ([name, value]) => `Parameter ${name}: ${visibleJson(JSON.stringify(value))}`,
    ),
    ...(required.length > 0 ? [`Required by: ${required.join('; ')}`] : []),
    `Page: docs/controls/${row.controlId}.md`,
  ];
}

const metIn = (row: Row) =>
  FRAMEWORKS.map((framework) => ({ name: framework.name, met: requirementsIn(framework, row) }));

/** A detection never remediates. */
const capped = (mode: Mode, one: Configurable): Mode => ('triggers' in one ? lower(mode, 'detect') : mode);

/** The rules under `matches` in policy.yml that give a control a different mode. */
const matchesOf = (one: Configurable, document: PolicyDocument | null) =>
  (document?.matches ?? [])
    .filter(({ controls: only }) => only === undefined || only.includes(one.id))
    .map((rule) => ({ mode: capped(modeOfMatch(rule, one), one), where: whereOf(rule) }));
