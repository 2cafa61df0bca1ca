import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ReportData } from '../../../shared/cli/report/data.ts';
import { coveredBy, reportOf, UNKNOWN } from '../../../shared/cli/report/model.ts';
import { FRAMEWORKS, requirementsIn } from '../../../shared/frameworks.ts';
import { OUTCOMES } from '../../../shared/result.ts';
import { exemptionOf } from '../../support/ledger-fixtures.ts';
import {
  busyAccount,
  CONTROLS,
  controlAt,
  daysAgo,
  openFinding,
  recordOf,
  reportDataOf,
} from '../../support/report-fixture.ts';

/** Each account has up to 80 findings and records. */
const RUNS = { numRuns: 40 };
const statuses = ['remediated', 'failed', 'blocked', 'rejected', 'expired', 'interrupted'] as const;

/** Any account: findings and records of any controls, states and times, within the period and outside. */
const anyAccount: fc.Arbitrary<ReportData> = fc
  .record({
    findings: fc.array(fc.tuple(fc.nat(200), fc.constantFrom(...OUTCOMES), fc.nat(150), fc.nat(4)), { maxLength: 40 }),
    records: fc.array(
      fc.tuple(fc.nat(200), fc.constantFrom(...statuses), fc.nat(89), fc.boolean(), fc.option(fc.nat(3))),
      { maxLength: 40 },
    ),
  })
  .map(({ findings, records }) =>
    reportDataOf({
      findings: findings.map(([control, outcome, days, place], index) =>
        openFinding(controlAt(control), `r-${index}`, {
          outcome,
          firstSeen: daysAgo(days),
          region: `eu-west-${place}`,
        }),
      ),
      records: records.map(([control, status, days, isUndo, actor], index) =>
        recordOf(`rem-${index}`, controlAt(control), {
          status,
          days,
          kind: isUndo ? 'undo' : 'remediation',
          attribution: actor === null ? null : { actor: `a-${actor}`, tool: null, sourceIp: null, userAgent: null },
        }),
      ),
    }),
  );

const total = (lists: readonly { readonly length: number }[]) => lists.reduce((sum, { length }) => sum + length, 0);

describe('of any account', () => {
  test('severities and services each count every finding and remediation once', () => {
    fc.assert(
      fc.property(anyAccount, (data) => {
        const { all, findings, severities, services } = reportOf(data);
        expect(all.open.length + all.exempt.length).toBe(findings.length);
        expect(findings).toHaveLength(data.findings.length);
        for (const groups of [severities, services])
          for (const list of ['open', 'exempt', 'remediated'] as const)
            expect(total(groups.map((group) => group[list]))).toBe(all[list].length);
      }),
      RUNS,
    );
  });

  test('drift over time counts every drift once: open, exempt, remediated, or gone otherwise', () => {
    fc.assert(
      fc.property(anyAccount, (data) => {
        const { all, drift, outside, records } = reportOf(data);
        const shown = drift.flatMap(({ open, exempt }) => [...open, ...exempt]);
        expect(new Set([...shown, ...outside]).size).toBe(all.open.length + all.exempt.length);
        expect(total(drift.map(({ remediated }) => remediated))).toBe(all.remediated.length);
        const otherwise = drift.flatMap(({ endedOtherwise }) => endedOtherwise);
        expect(otherwise.map(({ id }) => id).sort()).toEqual(
          records
            .filter(({ kind, status }) => kind === 'remediation' && status !== 'remediated')
            .map(({ id }) => id)
            .sort(),
        );
      }),
      RUNS,
    );
  });

  test('a requirement has open findings exactly where one of its controls has', () => {
    fc.assert(
      fc.property(anyAccount, fc.constantFrom(...FRAMEWORKS), (data, framework) => {
        const group = reportOf({ ...data, framework }).frameworks[0];
        const open = new Set(data.findings.filter(({ outcome }) => outcome !== 'exempted').map((one) => one.controlId));
        const expected = CONTROLS.filter(({ id }) => open.has(id)).flatMap((one) => requirementsIn(framework, one));
        expect(group?.requirements.drift.map(({ number }) => number).sort()).toEqual([...new Set(expected)].sort());
        expect(total(Object.values(group?.requirements ?? {}))).toBe(
          new Set(CONTROLS.flatMap((one) => requirementsIn(framework, one))).size,
        );
      }),
      RUNS,
    );
  });

  test('every remediation has one actor and one tool, known or not', () => {
    fc.assert(
      fc.property(anyAccount, (data) => {
        const { actors, tools, records } = reportOf(data);
        const remediations = records.filter(({ kind }) => kind === 'remediation').length;
        for (const causes of [actors, tools]) {
          expect(total(causes.map((cause) => cause.records))).toBe(remediations);
          const counts = causes.map((cause) => cause.records.length);
          expect(counts).toEqual(counts.toSorted((a, b) => b - a));
        }
      }),
      RUNS,
    );
  });
});

test('an empty account has no number but its controls', () => {
  const { all, drift, times, actors, frameworks, lastSweep } = reportOf(reportDataOf());
  expect([all.open, all.exempt, all.remediated, times, actors]).toEqual([[], [], [], [], []]);
  expect(drift).toHaveLength(14);
  expect(lastSweep).toBeNull();
  expect(frameworks.map(({ requirements }) => [requirements.drift, requirements.off])).toEqual(
    FRAMEWORKS.map(() => [[], []]),
  );
});

test('a requirement whose controls are all off is not called clean', () => {
  const [framework] = FRAMEWORKS;
  const controls = CONTROLS.map((control) => ({ ...control, isOn: control.service !== 'acm' }));
  const [group] = reportOf(reportDataOf({ controls, framework: framework ?? null })).frameworks;
  expect(group?.requirements.off.map(({ number }) => number)).toEqual(['ACM.1']);
  expect(group?.requirements.clean.map(({ number }) => number)).not.toContain('ACM.1');
});

test('the most severe findings come first, and what awaits approval names its record', () => {
  const { findings } = reportOf(busyAccount());
  expect(findings[0]?.severity).toBe('CRITICAL');
  expect(findings.at(-1)?.severity).toBe('LOW');
  expect(findings.find(({ state }) => state === 'awaitingApproval')?.next.command).toBe(
    'npx evenkeel approve rem-waiting',
  );
});

test('a record whose finding is open is not counted as gone', () => {
  const control = controlAt(0);
  const record = recordOf('rem-1', control, { status: 'failed' });
  const finding = openFinding(control, record.ref.resourceId, { outcome: 'failed' });
  const gone = reportOf(reportDataOf({ records: [record] })).drift.flatMap(({ endedOtherwise }) => endedOtherwise);
  const open = reportOf(reportDataOf({ records: [record], findings: [finding] })).drift;
  expect(gone).toHaveLength(1);
  expect(open.flatMap(({ endedOtherwise }) => endedOtherwise)).toEqual([]);
});

test('exemptions: the next to end first, those of policy.yml too, and what each covers', () => {
  const control = controlAt(0);
  const { exemptions, findings } = reportOf(
    reportDataOf({
      exemptions: [
        exemptionOf('ex-long', { control: control.id, resource: 'a-*', expires: '2027-05-01' }),
        exemptionOf('ex-ended', { control: control.id, expires: '2026-11-20' }),
        exemptionOf('ex-old', { control: control.id, expires: '2026-01-20' }),
        { control: control.id, resource: 'b', owner: 'o', reason: 'r', expires: '2026-11-27' },
      ],
      findings: ['a-1', 'a-2', 'b', 'c'].map((id) => openFinding(control, id, { outcome: 'exempted' })),
    }),
  );
  expect(exemptions.map(({ id, isActive, daysLeft, next }) => [id, isActive, daysLeft, next.command])).toEqual([
    ['ex-ended', false, -7, null],
    [null, true, 0, null],
    ['ex-long', true, 155, 'npx evenkeel exempt --end ex-long'],
  ]);
  expect(exemptions.map((one) => coveredBy(one, findings).map(({ resourceId }) => resourceId))).toEqual([
    ['a-1', 'a-2', 'b', 'c'],
    ['b'],
    ['a-1', 'a-2'],
  ]);
});

test('says how old the last sweep of each scope is, and who is not known', () => {
  const { lastSweep, actors } = reportOf({
    ...busyAccount(),
    ...{ records: reportDataOf({ records: [recordOf('r', controlAt(0), { attribution: null })] }).records },
  });
  expect(lastSweep).toEqual({ oldest: daysAgo(2), newest: daysAgo(0), scopes: 3 });
  expect(actors.map(({ name }) => name)).toEqual([UNKNOWN]);
});
