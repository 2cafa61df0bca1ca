import { SEVERITIES, type Severity } from '../../control.ts';
import { type Framework, requirementsIn } from '../../frameworks.ts';
import { isActive, namesResource } from '../../policy/exemptions.ts';
import { shellQuoted } from '../../text.ts';
import { DAY_MS, dayOf } from '../../time.ts';
import { frameworksIn, type ReportedControl, requirementsOf } from './catalogue.ts';
import type { ReportData } from './data.ts';
import { type RemediationTimes, remediationTimes } from './durations.ts';
import { nextStep } from './next-step.ts';
import { type Interval, intervalAt, intervalsOf } from './periods.ts';
import { type ExemptionRow, type FindingRow, findingRow, type RecordRow } from './rows.ts';
import { inOrder } from './words.ts';

/** Findings and remediations that have something in common. A number of the report is the length of one of these lists. */
export interface Group {
  readonly name: string;
  /** Without the exempt ones. */
  readonly open: readonly FindingRow[];
  readonly exempt: readonly FindingRow[];
  readonly remediated: readonly RecordRow[];
}

/** A service: how many of its controls are on, and how many of these have an open finding. */
export interface ServiceGroup extends Group {
  readonly controls: readonly ReportedControl[];
  readonly withDrift: readonly ReportedControl[];
}

/** A framework's requirements by what is known of them: each is as bad as the worst of its controls. */
export interface FrameworkGroup extends Group {
  readonly framework: Framework;
  readonly requirements: Readonly<Record<RequirementState, readonly Requirement[]>>;
}

/** `clean`: no open finding; `off`: the policy evaluates none of its controls. */
export type RequirementState = 'drift' | 'exempt' | 'clean' | 'off';

export interface Requirement {
  readonly number: string;
  readonly controls: readonly ReportedControl[];
  readonly findings: readonly FindingRow[];
}

/** What began within an interval, by what became of it. */
export interface DriftInterval extends Interval {
  readonly remediated: readonly RecordRow[];
  /** Records of drift that is gone, and that Evenkeel did not remediate. */
  readonly endedOtherwise: readonly RecordRow[];
  readonly exempt: readonly FindingRow[];
  readonly open: readonly FindingRow[];
}

/** Those who, or the tools which, caused remediations. */
export interface Cause {
  readonly name: string;
  readonly records: readonly RecordRow[];
}

/** The report: rows, and the groups of them that its numbers count. */
export interface Report {
  readonly data: ReportData;
  readonly controls: ReadonlyMap<string, ReportedControl>;
  /** The most severe first, then by control and state, the newest first. */
  readonly findings: readonly FindingRow[];
  readonly records: readonly RecordRow[];
  readonly exemptions: readonly ExemptionRow[];
  readonly all: Group;
  readonly undone: readonly RecordRow[];
  readonly services: readonly ServiceGroup[];
  readonly severities: readonly (Group & { readonly name: Severity })[];
  readonly frameworks: readonly FrameworkGroup[];
  readonly drift: readonly DriftInterval[];
  /** Open or exempt, and first seen before or after the period. */
  readonly outside: readonly FindingRow[];
  readonly times: readonly RemediationTimes[];
  readonly actors: readonly Cause[];
  readonly tools: readonly Cause[];
  /** The oldest end of the last sweeps of all services and regions; null where none ended. */
  readonly lastSweep: { readonly oldest: string; readonly newest: string; readonly scopes: number } | null;
}

/** All that the report says, from what was read. Pure. */
export function reportOf(data: ReportData): Report {
  const controls = new Map(data.controls.map((control) => [control.id, control]));
  const findings = findingRows(data, controls);
  const { records } = data;
  const remediated = records.filter(({ kind, status }) => kind === 'remediation' && status === 'remediated');
  const groupOf = (name: string, fits: (row: FindingRow | RecordRow) => boolean): Group => ({
    name,
    open: findings.filter((row) => row.state !== 'exempted' && fits(row)),
    exempt: findings.filter((row) => row.state === 'exempted' && fits(row)),
    remediated: remediated.filter(fits),
  });
  const ends = data.sweepEnds.map(({ at }) => at).sort();
  const drift = driftOver(data, findings, remediated);
  return {
    data,
    controls,
    findings,
    records,
    exemptions: exemptionRows(data),
    all: groupOf('all', () => true),
    undone: records.filter(({ kind, status }) => kind === 'undo' && status === 'remediated'),
    services: servicesOf(data, findings, groupOf),
    severities: SEVERITIES.toReversed().map((name) => ({ ...groupOf(name, (row) => row.severity === name), name })),
    frameworks: frameworksIn(data.framework).map((framework) => frameworkGroup(framework, data, findings, groupOf)),
    drift,
    outside: findings.filter(({ firstSeen }) => intervalAt(drift, firstSeen) === null),
    times: remediationTimes(records),
    actors: causesOf(records, ({ actor }) => actor),
    tools: causesOf(records, ({ tool }) => tool),
    lastSweep: ends.length === 0 ? null : { oldest: ends[0] ?? '', newest: ends.at(-1) ?? '', scopes: ends.length },
  };
}

type GroupOf = (name: string, fits: (row: FindingRow | RecordRow) => boolean) => Group;

function findingRows(data: ReportData, controls: ReadonlyMap<string, ReportedControl>): readonly FindingRow[] {
  const awaiting = new Map(
    data.records
      .filter(({ status }) => status === 'awaitingApproval')
      .map((record) => [placeOf(record), { id: record.id, expires: record.expires }]),
  );
  return data.findings
    .map((finding): FindingRow => {
      const row = findingRow(finding);
      const next = nextStep(finding, {
        control: controls.get(finding.controlId) ?? null,
        awaiting: awaiting.get(placeOf(row)) ?? null,
        pauses: data.pauses,
        flags: data.flags,
      });
      return { ...row, next };
    })
    .sort(
      (a, b) =>
        SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
        inOrder(a.controlId, b.controlId) ||
        inOrder(a.state, b.state) ||
        inOrder(b.firstSeen, a.firstSeen),
    );
}

/** What tells a control's resource from every other. */
const placeOf = (row: Omit<FindingRow, 'next' | 'state' | 'firstSeen' | 'arn' | 'annotation' | 'severity'>): string =>
  JSON.stringify([row.controlId, row.accountId, row.region, row.resourceType, row.resourceId]);

function servicesOf(data: ReportData, findings: readonly FindingRow[], groupOf: GroupOf): readonly ServiceGroup[] {
  const names = new Set([...data.controls, ...findings, ...data.records].map(({ service }) => service));
  const drifted = new Set(findings.filter(({ state }) => state !== 'exempted').map(({ controlId }) => controlId));
  return [...names]
    .map((name) => {
      const controls = data.controls.filter(({ service, isOn }) => service === name && isOn);
      const withDrift = controls.filter(({ id }) => drifted.has(id));
      return { ...groupOf(name, ({ service }) => service === name), controls, withDrift };
    })
    .filter(({ controls, open, exempt, remediated }) =>
      [controls, open, exempt, remediated].some((list) => list.length > 0),
    )
    .sort((a, b) => b.open.length - a.open.length || inOrder(a.name, b.name));
}

function frameworkGroup(
  framework: Framework,
  { controls }: ReportData,
  findings: readonly FindingRow[],
  groupOf: GroupOf,
): FrameworkGroup {
  const byControl = Map.groupBy(findings, ({ controlId }) => controlId);
  const requirements: Record<RequirementState, Requirement[]> = { drift: [], exempt: [], clean: [], off: [] };
  for (const [number, meeting] of requirementsOf(framework, controls)) {
    const own = meeting.flatMap(({ id }) => byControl.get(id) ?? []);
    const state = requirementState(meeting, own);
    requirements[state].push({ number, controls: meeting, findings: own });
  }
  const ids = new Set(controls.filter((one) => requirementsIn(framework, one).length > 0).map(({ id }) => id));
  return { ...groupOf(framework.name, ({ controlId }) => ids.has(controlId)), framework, requirements };
}

function requirementState(controls: readonly ReportedControl[], findings: readonly FindingRow[]): RequirementState {
  if (findings.some(({ state }) => state !== 'exempted')) return 'drift';
  if (controls.every(({ isOn }) => !isOn)) return 'off';
  return findings.length > 0 ? 'exempt' : 'clean';
}

/** Every drift once: where its finding is open it counts as that, else by its record. */
function driftOver(
  { from, to, records }: ReportData,
  findings: readonly FindingRow[],
  remediated: readonly RecordRow[],
): readonly DriftInterval[] {
  const intervals = intervalsOf(from, to);
  const open = new Set(findings.map(placeOf));
  const otherwise = records.filter(
    (record) => record.kind === 'remediation' && record.status !== 'remediated' && !open.has(placeOf(record)),
  );
  const at = <T>(rows: readonly T[], timeOf: (row: T) => string) =>
    Map.groupBy(rows, (row) => intervalAt(intervals, timeOf(row)));
  const decided = ({ times }: RecordRow) => times.decided;
  const firstSeen = (row: FindingRow) => row.firstSeen;
  const lists = {
    remediated: at(remediated, decided),
    endedOtherwise: at(otherwise, decided),
    exempt: at(
      findings.filter(({ state }) => state === 'exempted'),
      firstSeen,
    ),
    open: at(
      findings.filter(({ state }) => state !== 'exempted'),
      firstSeen,
    ),
  };
  return intervals.map((interval) => ({
    ...interval,
    remediated: lists.remediated.get(interval) ?? [],
    endedOtherwise: lists.endedOtherwise.get(interval) ?? [],
    exempt: lists.exempt.get(interval) ?? [],
    open: lists.open.get(interval) ?? [],
  }));
}

/** What a record without a name stands under. */
export const UNKNOWN = 'not known (found by a sweep)';

function causesOf(records: readonly RecordRow[], nameOf: (record: RecordRow) => string | null): readonly Cause[] {
  const caused = records.filter(({ kind }) => kind === 'remediation');
  return [...Map.groupBy(caused, (record) => nameOf(record) ?? UNKNOWN)]
    .map(([name, own]) => ({ name, records: own }))
    .sort((a, b) => b.records.length - a.records.length || inOrder(a.name, b.name));
}

function exemptionRows({ exemptions, now, from, flags }: ReportData): readonly ExemptionRow[] {
  const today = Date.parse(dayOf(now));
  return exemptions
    .map((rule): ExemptionRow => {
      const { id = null, createdBy = null, createdAt = null, elements = null } = rule;
      const { control, resource, owner, reason, expires } = rule;
      const active = isActive(rule, now);
      const next = !active
        ? { text: 'It has ended.', command: null }
        : id === null
          ? { text: 'To end it, remove it from policy.yml.', command: null }
          : { text: 'To end it now:', command: `npx evenkeel exempt --end ${shellQuoted(id)}${flags}` };
      const daysLeft = Math.round((Date.parse(expires) - today) / DAY_MS);
      const granted = { id, createdBy, createdAt, elements };
      return { ...granted, control, resource, owner, reason, expires, isActive: active, daysLeft, next };
    })
    .filter((row) => row.isActive || row.expires >= dayOf(from))
    .sort((a, b) => inOrder(a.expires, b.expires) || inOrder(a.control, b.control));
}

/** The findings that an exemption covers. */
export const coveredBy = (exemption: ExemptionRow, findings: readonly FindingRow[]): readonly FindingRow[] =>
  findings.filter(
    (row) => row.state === 'exempted' && row.controlId === exemption.control && namesResource(exemption, row),
  );
