import { Command } from 'commander';
import pc from 'picocolors';
import { controls } from '../controls/index.ts';
import { detections } from '../detections/index.ts';
import { lower } from '../engine/reconcile/modes.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { policyFrom, whereOf } from '../policy/settings.ts';
import { type CommonOptions, homeRegion, policyDocument, withCommonOptions } from './options.ts';

export const controlsCommand = () =>
  withCommonOptions(new Command('controls'))
    .description(
      'What each control asks and each detection reports, which mode holds for it, where another one does, and why.',
    )
    .action(list);

function list(options: CommonOptions): void {
  const document = policyDocument(options);
  const policy = policyFrom(document);
  const ref = { resourceType: '', resourceId: '', accountId: '', region: homeRegion() };
  const anywhere = { ref, arn: '', tags: null };
  const described = [
    ...controls.map((control) => ({ ...control, resourceType: control.resource.type as string })),
    ...detections.map((detection) => ({ ...detection, impact: 'none' as const })),
  ];
  const rows = described.map((one) => {
    const { id, title, severity, resourceType, recommendedMode, impact, securityControlIds } = one;
    const { mode, why, parameters } = policy.settingsFor(one, anywhere);
    return {
      controlId: id,
      title,
      severity,
      resourceType,
      mode: 'triggers' in one ? lower(mode, 'detect') : mode,
      why,
      matches: matchesOf(id, document),
      recommendedMode,
      impact,
      parameters,
      securityControlIds,
    };
  });
  if (options.json) {
    for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
    return;
  }
  for (const { controlId, title, severity, mode, why, matches } of rows) {
    const elsewhere = matches.map((match) => `${match.mode} where ${match.where}`);
    const lines = [title, ...[why, ...elsewhere].map((line) => pc.dim(line))];
    process.stdout.write(`${mode.padEnd(10)} ${severity.padEnd(9)} ${pc.bold(controlId)}\n`);
    for (const line of lines) process.stdout.write(`${' '.repeat(21)}${line}\n`);
  }
}

/** The rules of policy.yml that give a control another mode somewhere. */
const matchesOf = (controlId: string, document: PolicyDocument | null) =>
  (document?.matches ?? [])
    .filter(({ controls: only }) => only === undefined || only.includes(controlId))
    .map((rule) => ({ mode: rule.mode, where: whereOf(rule) }));
