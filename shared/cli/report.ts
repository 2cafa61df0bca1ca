import { existsSync, writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { FRAMEWORKS } from '../frameworks.ts';
import { counted, visible } from '../text.ts';
import { systemClock } from '../time.ts';
import { type CommandRun, ledgerRun } from './context.ts';
import { EXIT, UsageError } from './errors.ts';
import { assertWritable, unwritable } from './files.ts';
import { type CommonOptions, withCommonOptions } from './options.ts';
import type { Report } from './report/model.ts';
import { type ScopeOptions, scopeOf } from './report/scope.ts';

const FORMATS = ['html', 'json', 'csv'] as const;
type Format = (typeof FORMATS)[number];

interface ReportOptions extends CommonOptions, ScopeOptions {
  readonly output?: Format;
  readonly file?: string;
  readonly bundle?: string;
}

const DEFAULT_FILE = 'evenkeel-report.html';
const STDOUT = '-';

export const reportCommand = () =>
  withCommonOptions(new Command('report'))
    .description('Write a report of the ledger: posture, drift, who caused it, and what to do next. Reads no resource.')
    .addOption(
      new Option('--output <format>', 'html (to a file), json or csv (to stdout)').choices(FORMATS).conflicts('bundle'),
    )
    .option('--file <file>', `where to write it; - is stdout (default for html: ${DEFAULT_FILE})`)
    .option('--framework <id>', `only the controls of a framework: ${FRAMEWORKS.map(({ id }) => id).join(', ')}`)
    .option(
      '--from <when>',
      'the beginning of the period: a day (2026-11-01) or a duration before now (12h, 30d)',
      '90d',
    )
    .option('--to <when>', 'its end: a day, which is meant whole, or a duration before now (default: now)')
    .option('--bundle <file.zip>', 'write a new ZIP file instead: the report with its evidence, for an auditor')
    .action(report);

async function report(options: ReportOptions): Promise<void> {
  const { file, bundle } = options;
  const format = formatOf(options);
  const scope = scopeOf(options, systemClock.now());
  const target = file ?? (format === 'html' ? DEFAULT_FILE : STDOUT);
  if (bundle !== undefined) assertNewBundle(bundle, file);
  else if (target !== STDOUT) assertWritable('--file', target);
  const run = await ledgerRun(options, 'nothing');
  // What draws pages and packs archives is loaded by the subcommand that needs it.
  const { reportData } = await import('./report/data.ts');
  const { reportOf } = await import('./report/model.ts');
  const model = reportOf(await reportData(run, scope, options));
  if (bundle !== undefined) return writeEvidence(bundle, model, run, options);
  const text = await textOf(model, format, run, target !== STDOUT);
  if (target === STDOUT) process.stdout.write(text);
  else {
    writeReport(target, text);
    process.stdout.write(`Wrote ${visible(target)}: ${inWords(model)}\n`);
  }
}

function formatOf({ json, output, file, bundle }: ReportOptions): Format {
  if (!json) return output ?? 'html';
  if (output !== undefined && output !== 'json')
    throw new UsageError(`--json and --output ${output} cannot be combined`);
  if (bundle !== undefined) throw new UsageError('--json and --bundle cannot be combined');
  if (file !== undefined && file !== STDOUT) throw new UsageError('--json writes to stdout: use --output json --file');
  return 'json';
}

function assertNewBundle(bundle: string, file: string | undefined): void {
  if (file !== undefined) throw new UsageError('--bundle and --file cannot be combined: the bundle holds the report');
  if (bundle === STDOUT) throw new UsageError('--bundle -: give the name of a file');
  if (existsSync(bundle))
    throw new UsageError(`--bundle ${bundle}: it exists, and is not overwritten; give another name`);
  assertWritable('--bundle', bundle);
}

async function textOf(model: Report, format: Format, { source }: CommandRun, isFile: boolean): Promise<string> {
  if (format === 'html') return (await import('./report/page.ts')).page(model, source);
  const { reportCsv, reportJson } = await import('./report/summary.ts');
  return format === 'json' ? reportJson(model, source) : reportCsv(model, isFile);
}

/** A report says where an account is weak: only its owner may read the file. */
function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    throw new UsageError(`--file ${file}: ${unwritable(error)}`);
  }
}

async function writeEvidence(file: string, model: Report, run: CommandRun, options: ReportOptions): Promise<void> {
  const { policyText, verification, writeBundle } = await import('./report/bundle.ts');
  const verified = await verification(run, options);
  await writeBundle(file, model, { run, verified, policy: policyText(options) });
  process.stdout.write(`Wrote ${visible(file)}: ${inWords(model)}\n`);
  for (const line of verified.conclusions) process.stdout.write(`${visible(line)}\n`);
  for (const reason of verified.unread)
    process.stderr.write(`evenkeel: not verified by the logs: ${visible(reason)}\n`);
  process.exitCode = verified.isIntact ? EXIT.done : EXIT.failed;
}

/** The report in a line. */
function inWords({ all, records, data }: Report): string {
  const urgent = all.open.filter(({ severity }) => severity === 'CRITICAL' || severity === 'HIGH').length;
  const since = data.from.toISOString().slice(0, 10);
  return `${counted(all.open.length, 'open finding')} (${urgent} CRITICAL or HIGH), ${all.exempt.length} exempt, ${counted(records.length, 'record')} since ${since}`;
}
