import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { reportOf } from '../../../shared/cli/report/model.ts';
import { reportCsv, reportJson } from '../../../shared/cli/report/summary.ts';
import { exemptionOf } from '../../support/ledger-fixtures.ts';
import { busyAccount, controlAt, openFinding, recordOf, reportDataOf, SOURCE } from '../../support/report-fixture.ts';

/** Reads RFC 4180. */
function cellsOf(csv: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

test('CSV holds every finding, record and exemption in a row of its own, under the same columns', () => {
  const report = reportOf(busyAccount());
  const [head = [], ...rows] = cellsOf(reportCsv(report, false));
  expect(rows).toHaveLength(report.findings.length + report.records.length + report.exemptions.length);
  for (const row of rows) expect(row).toHaveLength(head.length);
  expect(head.slice(0, 5)).toEqual(['kind', 'state', 'severity', 'service', 'controlId']);
  const kinds = Object.fromEntries([...Map.groupBy(rows, ([kind]) => kind)].map(([kind, own]) => [kind, own.length]));
  expect(kinds).toEqual({ finding: 41, remediation: 61, undo: 1, exemption: 2 });
  expect(reportCsv(report, true).startsWith('\ufeffkind,')).toBe(true);
});

test('no cell is a formula, and no text of a stranger ends its cell', () => {
  const start = fc.constantFrom('=', '+', '-', '@', '\t=', ' =', '\r+', '\uff1d', '\u00a0=', '"', ',', '\n', '');
  fc.assert(
    fc.property(start, fc.string({ unit: 'grapheme' }), (first, rest) => {
      const text = `${first}${rest}`;
      const control = controlAt(0);
      const report = reportOf(
        reportDataOf({
          findings: [openFinding(control, text, { annotation: text, outcome: 'failed' })],
          records: [recordOf(text, control, { annotation: text, error: text, undoes: text })],
          exemptions: [exemptionOf(text, { resource: text, owner: text, reason: text })],
        }),
      );
      const rows = cellsOf(reportCsv(report, false));
      expect(rows).toHaveLength(4);
      for (const row of rows) {
        expect(row).toHaveLength(16);
        for (const cell of row) expect(cell).not.toMatch(/^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\p{Cc}\p{Cf}\p{Cs}]/u);
      }
    }),
    { numRuns: 60 },
  );
});

test('JSON is one line, its numbers are those of its rows', () => {
  const report = reportOf(busyAccount());
  const text = reportJson(report, SOURCE);
  expect(text.trimEnd()).not.toContain('\n');
  const json = JSON.parse(text);
  expect(json).toMatchObject({
    version: 1,
    generatedAt: '2026-11-27T12:00:00.000Z',
    account: '111122223333',
    period: { from: '2026-08-29T12:00:00.000Z', to: '2026-11-27T12:00:00.000Z' },
    framework: null,
    ledger: SOURCE.ledger,
    policy: SOURCE.policy,
    totals: { open: 36, exempt: 5, undone: 1, states: { awaitingApproval: 1, exempted: 5 } },
  });
  expect(json.findings).toEqual(report.findings);
  expect(json.records).toHaveLength(62);
  expect(json.totals.remediated).toBe(
    json.records.filter(
      (one: { kind: string; status: string }) => one.kind === 'remediation' && one.status === 'remediated',
    ).length,
  );
  const sum = (list: readonly { open: number }[]) => list.reduce((all, { open }) => all + open, 0);
  expect([sum(json.severities), sum(json.services)]).toEqual([36, 36]);
  expect(json.timeToRemediate[0]).toMatchObject({ kind: 'automatic', p50Milliseconds: expect.any(Number) });
});

test('JSON shows no character that a terminal obeys, and reads as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      const json = reportJson(reportOf(reportDataOf({ findings: [openFinding(controlAt(0), text)] })), SOURCE);
      expect(json.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(json).findings[0].resourceId).toBe(text);
    }),
    { numRuns: 60 },
  );
});
