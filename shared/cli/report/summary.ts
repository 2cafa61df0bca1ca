import { stringify } from 'csv-stringify/sync';
import { codeVersion } from '../../lambda/version.ts';
import { OUTCOMES } from '../../result.ts';
import { visible, visibleJson } from '../../text.ts';
import type { Group, Report } from './model.ts';
import type { Source } from './page.ts';
import type { NextStep } from './rows.ts';
import { inWords } from './words.ts';

const countsOf = ({ open, exempt, remediated }: Group) => ({
  open: open.length,
  exempt: exempt.length,
  remediated: remediated.length,
});

/** The report as one line of JSON: its numbers, and the rows that they count. The keys are a contract. */
export function reportJson(report: Report, source: Source): string {
  const { data, all, findings, records } = report;
  const document = {
    version: 1,
    generatedAt: data.now.toISOString(),
    account: data.account,
    period: { from: data.from.toISOString(), to: data.to.toISOString() },
    framework: data.framework?.id ?? null,
    ...source,
    codeVersion,
    lastSweep: report.lastSweep,
    pauses: data.pauses,
    totals: {
      ...countsOf(all),
      undone: report.undone.length,
      states: Object.fromEntries(
        OUTCOMES.map((outcome) => [outcome, findings.filter(({ state }) => state === outcome).length] as const).filter(
          ([, count]) => count > 0,
        ),
      ),
    },
    severities: report.severities.map((group) => ({ severity: group.name, ...countsOf(group) })),
    services: report.services.map((group) => ({
      service: group.name,
      ...countsOf(group),
      controls: group.controls.length,
      controlsWithOpenFindings: group.withDrift.map(({ id }) => id),
    })),
    frameworks: report.frameworks.map((group) => ({
      framework: group.framework.id,
      ...countsOf(group),
      requirements: Object.fromEntries(
        Object.entries(group.requirements).map(([state, list]) => [state, list.map(({ number }) => number)]),
      ),
    })),
    drift: report.drift.map(({ name, open, exempt, endedOtherwise, remediated }) => ({
      from: name,
      ...countsOf({ name, open, exempt, remediated }),
      endedOtherwise: endedOtherwise.length,
    })),
    timeToRemediate: report.times.map(({ controlId, kind, records: own, p50, p99 }) => ({
      controlId,
      kind,
      remediations: own.length,
      p50Milliseconds: p50.milliseconds,
      p99Milliseconds: p99.milliseconds,
    })),
    actors: report.actors.map(({ name, records: own }) => ({ actor: name, records: own.length })),
    tools: report.tools.map(({ name, records: own }) => ({ tool: name, records: own.length })),
    findings,
    exemptions: report.exemptions,
    records,
  };
  return `${visibleJson(JSON.stringify(document))}\n`;
}

const COLUMNS = [
  'kind',
  'state',
  'severity',
  'service',
  'controlId',
  'resourceType',
  'resourceId',
  'accountId',
  'region',
  'since',
  'until',
  'text',
  'who',
  'tool',
  'id',
  'nextStep',
] as const;
type Line = Readonly<Partial<Record<(typeof COLUMNS)[number], string | null>>>;

const stepText = ({ text, command }: NextStep): string => (command === null ? text : `${text} ${command}`);

function linesOf({ findings, records, exemptions }: Report): readonly Line[] {
  return [
    ...findings.map(({ firstSeen, annotation, next, ...row }) => ({
      ...row,
      kind: 'finding',
      since: firstSeen,
      text: annotation,
      nextStep: stepText(next),
    })),
    ...records.map(({ times, annotation, actor, decidedBy, undo, error, ...row }) => ({
      ...row,
      state: inWords(row),
      since: times.decided,
      until: times.verified,
      text: error === null ? annotation : `${annotation} ${error}`,
      who: decidedBy ?? actor,
      nextStep: undo,
    })),
    ...exemptions.map(({ control, resource, owner, reason, expires, id, isActive, next, createdAt }) => ({
      kind: 'exemption',
      state: isActive ? 'active' : 'ended',
      controlId: control,
      resourceId: resource,
      since: createdAt,
      until: expires,
      text: reason,
      who: owner,
      id,
      nextStep: stepText(next),
    })),
  ];
}

/** The rows of the report as CSV (RFC 4180), without a cell that a spreadsheet takes for a formula. `bom`: a spreadsheet reads a file as UTF-8 by it. */
export function reportCsv(report: Report, bom: boolean): string {
  const rows = linesOf(report).map((line) => COLUMNS.map((column) => cell(line[column] ?? '')));
  return stringify([[...COLUMNS], ...rows], { bom, escape_formulas: true, record_delimiter: 'windows' });
}

/** Some spreadsheets look for a formula behind spaces too. */
const cell = (text: string): string => visible(text).trimStart();
