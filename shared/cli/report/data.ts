import { DEFAULT_STACK } from '../../doctor/deployment.ts';
import type { Framework } from '../../frameworks.ts';
import type { OpenFinding } from '../../ledger/ledger.ts';
import type { Exemption, Pause } from '../../ledger/records.ts';
import type { SweepEnd } from '../../ledger/sweep-lock.ts';
import type { ExemptionRule } from '../../policy/policy.ts';
import { shellQuoted } from '../../text.ts';
import type { CommandRun } from '../context.ts';
import type { CommonOptions } from '../options.ts';
import { type ReportedControl, reportedControls } from './catalogue.ts';
import { type RecordRow, recordRow } from './rows.ts';

/** What a report is about. */
export interface Scope {
  readonly from: Date;
  readonly to: Date;
  readonly framework: Framework | null;
}

/** What the ledger and the policy say, as far as the report needs it. */
export interface ReportData extends Scope {
  readonly now: Date;
  readonly account: string;
  readonly controls: readonly ReportedControl[];
  readonly findings: readonly OpenFinding[];
  /** Decided within the period, the latest first; those that await approval are there whenever they were made. */
  readonly records: readonly RecordRow[];
  /** Of policy.yml and of the ledger: what is in force, and what ended within the period. */
  readonly exemptions: readonly (ExemptionRule & Partial<Exemption>)[];
  readonly pauses: readonly Pause[];
  readonly sweepEnds: readonly SweepEnd[];
  /** The flags that every suggested command needs. */
  readonly flags: string;
}

/** Reads all that the report says. Throws where the ledger does not answer. */
export async function reportData(run: CommandRun, scope: Scope, options: CommonOptions): Promise<ReportData> {
  const { ledger, policy, clock } = run.engine;
  const controls = reportedControls(policy, scope.framework);
  const ids = new Set(controls.map(({ id }) => id));
  const isMeant = (controlId: string) => scope.framework === null || ids.has(controlId);
  const flags = sharedFlags(options);
  const findings = await Array.fromAsync(ledger.openFindings());
  const meant = findings.filter(({ controlId }) => isMeant(controlId));
  const [records, granted, pauses, sweepEnds, caller] = await Promise.all([
    recordsIn(run, scope, isMeant, flags),
    ledger.exemptions(),
    ledger.pauses(),
    ledger.sweeps.lastEnds(),
    run.caller().catch(() => null),
  ]);
  return {
    ...scope,
    now: clock.now(),
    account: caller?.accountId ?? accountsOf([...meant.map(({ ref }) => ref), ...records]),
    controls,
    findings: meant,
    records,
    exemptions: [...policy.exemptions, ...granted].filter(({ control }) => isMeant(control)),
    pauses: pauses.filter(({ control }) => control === null || isMeant(control)),
    sweepEnds,
    flags,
  };
}

async function recordsIn(
  { engine }: CommandRun,
  { from, to }: Scope,
  isMeant: (controlId: string) => boolean,
  flags: string,
): Promise<readonly RecordRow[]> {
  const rows: RecordRow[] = [];
  const [first, last] = [from.toISOString(), to.toISOString()];
  // A record that was made before the period may await approval still, for as long as the policy lets it.
  const awaiting = new Date(engine.clock.now().getTime() - engine.policy.limits.approval).toISOString();
  for await (const record of engine.ledger.remediations(first < awaiting ? first : awaiting))
    if (isMeant(record.controlId) && record.times.decided <= last)
      if (record.times.decided >= first || record.status === 'awaitingApproval') rows.push(recordRow(record, flags));
  return rows.reverse();
}

const accountsOf = (places: readonly { readonly accountId: string }[]): string =>
  [...new Set(places.map(({ accountId }) => accountId))].sort().join(', ') || 'unknown';

/** The flags of this run without which a command would look elsewhere. */
export function sharedFlags({ stack, profile, policy }: CommonOptions): string {
  const flags = [
    stack !== undefined && stack !== DEFAULT_STACK && `--stack ${shellQuoted(stack)}`,
    profile !== undefined && `--profile ${shellQuoted(profile)}`,
    typeof policy === 'string' && `--policy ${shellQuoted(policy)}`,
    policy === false && '--no-policy',
  ];
  return flags.flatMap((flag) => (flag === false ? [] : [` ${flag}`])).join('');
}
