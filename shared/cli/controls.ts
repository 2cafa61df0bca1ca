import { Command } from 'commander';
import pc from 'picocolors';
import { controls } from '../controls/index.ts';
import { type CommonOptions, homeRegion, policyOf, withCommonOptions } from './options.ts';

export const controlsCommand = () =>
  withCommonOptions(new Command('controls'))
    .description('What each control asks, which mode holds for it, and why.')
    .action(list);

function list(options: CommonOptions): void {
  const policy = policyOf(options);
  const ref = { resourceType: '', resourceId: '', accountId: '', region: homeRegion() };
  const anywhere = { ref, arn: '', tags: null };
  const rows = controls.map((control) => {
    const { mode, why, parameters } = policy.settingsFor(control, anywhere);
    const { id, title, severity, recommendedMode, impact, securityControlIds } = control;
    const resourceType: string = control.resource.type;
    return {
      controlId: id,
      title,
      severity,
      resourceType,
      mode,
      why,
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
  for (const { controlId, title, severity, mode, why } of rows)
    process.stdout.write(
      `${mode.padEnd(10)} ${severity.padEnd(9)} ${pc.bold(controlId)}\n${' '.repeat(21)}${title}\n${' '.repeat(21)}${pc.dim(why)}\n`,
    );
}
