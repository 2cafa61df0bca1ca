import { Command } from 'commander';
import type { Mode } from '../control.ts';
import { lower } from '../engine/run/modes.ts';
import type { Configurable, PolicyDocument } from '../policy/policy.ts';
import { modeOfMatch, whereOf } from '../policy/settings.ts';
import { visible, visibleJson } from '../text.ts';
import { colors } from './colors.ts';
import { defaultRegion } from './context.ts';
import { type CommonOptions, chosenControls, chosenDetections, homeRegion, withCommonOptions } from './options.ts';
import { policyOf } from './policy.ts';
import { printHeader } from './run-header.ts';

export const controlsCommand = () =>
  withCommonOptions(new Command('controls'))
    .description('List all controls and detections with the mode of each in your policy, where it differs, and why.')
    .argument('[id]', 'only this one, with its texts; * matches any characters')
    .action(list);

function list(id: string | undefined, options: CommonOptions): void {
  const ids = id === undefined ? [] : [id];
  const [ownControls, ownDetections] = [chosenControls(ids), chosenDetections(ids)];
  const { document, policy, source } = policyOf(options);
  printHeader({ regions: defaultRegion(), policy: source, access: 'nothing' });
  const ref = { resourceType: '', resourceId: '', accountId: '', region: homeRegion() };
  const anywhere = { ref, arn: '', tags: null };
  const described = [
    ...ownControls.map((control) => ({ ...control, resourceType: control.resource.type as string })),
    ...ownDetections.map((detection) => ({ ...detection, impact: 'none' as const })),
  ];
  const rows = described.map((one) => {
    const { id, title, severity, resourceType, recommendedMode, impact, securityControlIds } = one;
    const { mode, why, parameters } = policy.settingsFor(one, anywhere);
    return {
      controlId: id,
      title,
      severity,
      resourceType,
      mode: capped(mode, one),
      why,
      matches: matchesOf(one, document),
      recommendedMode,
      impact,
      parameters,
      securityControlIds,
    };
  });
  if (options.json) {
    for (const row of rows) process.stdout.write(`${visibleJson(JSON.stringify(row))}\n`);
    return;
  }
  for (const [index, { controlId, title, severity, mode, why, matches }] of rows.entries()) {
    const elsewhere = matches.map((match) => `${match.mode} where ${match.where}`);
    const lines = [title, ...[why, ...elsewhere].map((line) => colors.dim(visible(line)))];
    process.stdout.write(`${mode.padEnd(10)} ${severity.padEnd(9)} ${colors.bold(controlId)}\n`);
    const { description, rationale, guidance } = described[index] as (typeof described)[number];
    if (id !== undefined) lines.push(description, `Why: ${rationale}`, `What to do: ${guidance}`);
    for (const line of lines) process.stdout.write(`${' '.repeat(21)}${line}\n`);
  }
}

/** A detection never remediates. */
const capped = (mode: Mode, one: Configurable): Mode => ('triggers' in one ? lower(mode, 'detect') : mode);

/** The rules under `matches` in policy.yml that give a control a different mode. */
const matchesOf = (one: Configurable, document: PolicyDocument | null) =>
  (document?.matches ?? [])
    .filter(({ controls: only }) => only === undefined || only.includes(one.id))
    .map((rule) => ({ mode: capped(modeOfMatch(rule, one), one), where: whereOf(rule) }));
