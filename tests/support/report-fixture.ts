import { type ReportedControl, reportedControls } from '../../shared/cli/report/catalogue.ts';
import type { ReportData } from '../../shared/cli/report/data.ts';
import { recordRow } from '../../shared/cli/report/rows.ts';
import { type OpenFinding, resourceKey } from '../../shared/ledger/ledger.ts';
import type { Finding, Remediation } from '../../shared/ledger/records.ts';
import { policyFrom } from '../../shared/policy/settings.ts';
import { DAY_MS } from '../../shared/time.ts';
import { exemptionOf, findingOf, REF, remediationOf } from './ledger-fixtures.ts';

/** When every report of these tests is made. */
export const NOW = new Date('2026-11-27T12:00:00Z');
export const daysAgo = (days: number): string => new Date(NOW.getTime() - days * DAY_MS).toISOString();

/** All controls, as the recommended policy sets them. */
export const CONTROLS: readonly ReportedControl[] = reportedControls(
  policyFrom({ defaults: { mode: 'recommended' } }),
  null,
);

export const controlAt = (index: number): ReportedControl => {
  const control = CONTROLS[index % CONTROLS.length];
  if (control === undefined) throw new Error('there are no controls');
  return control;
};

/** An open finding of a control, of a resource of this id. */
export function openFinding(
  control: ReportedControl,
  resourceId: string,
  rest: Partial<Finding> & { readonly region?: string } = {},
): OpenFinding {
  const { region = REF.region, ...finding } = rest;
  const ref = { ...REF, resourceType: control.resourceType, resourceId, region };
  return {
    ...findingOf(control.id, { severity: control.severity, firstSeen: daysAgo(3), ...finding }),
    key: resourceKey(control.service, ref),
    ref,
    arn: `arn:aws:${control.service}:${region}:${REF.accountId}:thing/${resourceId}`,
  };
}

/** A record of a control, decided `days` ago; remediated within `seconds` unless `rest` says otherwise. */
export function recordOf(
  id: string,
  control: ReportedControl,
  { days = 1, seconds = 4, ...rest }: Partial<Remediation> & { readonly days?: number; readonly seconds?: number } = {},
): Remediation {
  const event = Date.parse(daysAgo(days));
  const at = (milliseconds: number) => new Date(event + milliseconds).toISOString();
  return remediationOf(id, {
    controlId: control.id,
    service: control.service,
    severity: control.severity,
    ref: { ...REF, resourceType: control.resourceType, resourceId: `${control.service}-${id}` },
    status: 'remediated',
    times: {
      event: at(0),
      received: at(500),
      decided: at(800),
      applied: at(1000),
      verified: at(seconds * 1000),
    },
    ...rest,
  });
}

/** What a report is made of: an account of which nothing is known, and what `rest` says. */
export function reportDataOf({
  records = [],
  ...rest
}: Partial<Omit<ReportData, 'records'>> & { readonly records?: readonly Remediation[] } = {}): ReportData {
  return {
    now: NOW,
    from: new Date(daysAgo(90)),
    to: NOW,
    framework: null,
    account: REF.accountId,
    controls: CONTROLS,
    findings: [],
    records: records
      .map((record) => recordRow(record, ''))
      .sort((a, b) => b.times.decided.localeCompare(a.times.decided)),
    exemptions: [],
    pauses: [],
    sweepEnds: [],
    flags: '',
    ...rest,
  };
}

export const SOURCE = { ledger: 'ledger evenkeel-prod-LedgerTable-1FTU', policy: 'policy policy.yml' };

const ACTORS = [
  ['arn:aws:sts::111122223333:assumed-role/Developer/jo', 'console'],
  ['arn:aws:sts::111122223333:assumed-role/Deploy/pipeline', 'Terraform'],
  ['arn:aws:sts::111122223333:assumed-role/Developer/ann', 'CLI'],
  ['arn:aws:iam::111122223333:user/legacy-batch', 'SDK'],
] as const;
const STATES = ['detected', 'detected', 'detected', 'blocked', 'failed', 'halted', 'exempted', 'pending'] as const;

/** An account with something of everything. */
export function busyAccount(): ReportData {
  const records = Array.from({ length: 60 }, (_, index) => {
    const [actor, tool] = ACTORS[(index * index) % ACTORS.length] ?? ACTORS[0];
    const attribution = { actor, tool, sourceIp: '203.0.113.7', userAgent: tool };
    return recordOf(`rem-${index}`, controlAt(index % 9), {
      days: (index * 17) % 88,
      seconds: 2 + ((index * index * 7) % 300),
      attribution: index % 13 === 0 ? null : attribution,
      ...(index % 11 === 0 && { status: 'rejected' as const, decidedBy: 'arn:aws:iam::1:user/ann' }),
      ...(index % 7 === 0 && { decidedBy: 'arn:aws:iam::1:user/ann' }),
    });
  });
  const waiting = controlAt(4);
  const findings = Array.from({ length: 40 }, (_, index) =>
    openFinding(controlAt(index % 14), `resource-${index}`, {
      outcome: STATES[index % STATES.length] ?? 'detected',
      firstSeen: daysAgo((index * 7) % 120),
    }),
  );
  const awaited = recordOf('rem-waiting', waiting, {
    status: 'awaitingApproval',
    expires: '2026-11-28T12:00:00.000Z',
    ref: { ...REF, resourceType: waiting.resourceType, resourceId: 'awaited' },
  });
  return reportDataOf({
    records: [...records, awaited, recordOf('rem-undo', controlAt(0), { kind: 'undo', undoes: 'rem-1', days: 2 })],
    findings: [...findings, openFinding(waiting, 'awaited', { outcome: 'awaitingApproval' })],
    exemptions: [
      exemptionOf('ex-1', {
        control: controlAt(6).id,
        resource: 'resource-*',
        expires: '2026-11-30',
        owner: 'web@example.com',
        reason: 'public site',
      }),
      { control: controlAt(1).id, resource: 'x', owner: 'ops@example.com', reason: 'legacy', expires: '2027-03-01' },
    ],
    pauses: [{ control: controlAt(5).id, reason: 'change freeze', by: 'ann', at: daysAgo(1) }],
    sweepEnds: ['ec2', 's3', 'iam'].map((service, index) => ({
      accountId: REF.accountId,
      region: REF.region,
      service,
      at: daysAgo(index),
    })),
  });
}
