import { type Command, Option } from 'commander';
import { UsageError } from '../errors.ts';

/** How findings are printed: for people, or for other tools. */
export const OUTPUTS = ['table', 'json', 'csv', 'html', 'ocsf', 'sarif'] as const;
export type Output = (typeof OUTPUTS)[number];

export interface OutputOptions {
  readonly json?: boolean;
  readonly output?: Output;
  readonly all?: boolean;
}

export const withOutputOptions = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--output <format>',
        'how to print: html as one page, ocsf in lines of JSON, sarif 2.1.0 (default: table)',
      ).choices(OUTPUTS),
    )
    .option('--all', 'show what is compliant, exempt or not applicable too; in a table, the calls with their input');

/** The output that is asked for; --json is short for one. Throws UsageError where both ask for different ones. */
export function outputOf({ json = false, output }: OutputOptions): Output {
  if (json && output !== undefined && output !== 'json')
    throw new UsageError(`--json and --output ${output}: choose one`);
  return json ? 'json' : (output ?? 'table');
}
