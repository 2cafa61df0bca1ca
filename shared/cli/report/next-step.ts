import { BREAKER_OPEN } from '../../engine/execution/circuit-breaker.ts';
import type { OpenFinding } from '../../ledger/ledger.ts';
import type { Pause } from '../../ledger/records.ts';
import { shellQuoted } from '../../text.ts';
import type { ReportedControl } from './catalogue.ts';
import type { NextStep } from './rows.ts';
import { minuteOf } from './words.ts';

/** What a next step depends on beside the finding. */
export interface Situation {
  readonly control: Pick<ReportedControl, 'isDetection' | 'guidance'> | null;
  /** The record of the finding that awaits approval. */
  readonly awaiting: { readonly id: string; readonly expires: string | null } | null;
  readonly pauses: readonly Pause[];
  /** The flags of this run that every command needs, such as ` --stack mine`. */
  readonly flags: string;
}

/** What a next step depends on in a finding. */
export type SteppedFinding = Pick<OpenFinding, 'controlId' | 'outcome' | 'annotation' | 'retryAt'> & {
  readonly ref: Pick<OpenFinding['ref'], 'resourceId'>;
  readonly blocked: Pick<NonNullable<OpenFinding['blocked']>, 'by'> | null;
};

/** What a reader can do about an open finding, with the exact command. Pure. */
export function nextStep(finding: SteppedFinding, situation: Situation): NextStep {
  const { control, awaiting, flags } = situation;
  const only = ` --control ${shellQuoted(finding.controlId)}`;
  const step = (text: string, command: string | null): NextStep => ({
    text,
    command: command === null ? null : `npx evenkeel ${command}${flags}`,
  });
  switch (finding.outcome) {
    case 'awaitingApproval':
      return awaiting === null
        ? step('Its plan is no longer there; evaluate it again:', `sweep${only} --mode remediate`)
        : step(
            `Approve its plan${awaiting.expires === null ? '' : ` until ${minuteOf(awaiting.expires)} UTC`} (or reject it):`,
            `approve ${shellQuoted(awaiting.id)}`,
          );
    case 'pending':
      return step(
        `AWS is still applying it; rechecked by itself${finding.retryAt === null ? '' : ` at ${minuteOf(finding.retryAt)} UTC`}. To look now:`,
        `sweep${only} --mode remediate`,
      );
    case 'halted':
      return step(...resumption(finding, situation.pauses));
    case 'blocked':
      return step(
        `${finding.blocked?.by ?? 'AWS refuses it'}; once that is resolved it is retried within a day. To retry now:`,
        `sweep${only} --mode remediate`,
      );
    case 'failed':
      return step('Read the error in the finding, then try again:', `sweep${only} --mode remediate`);
    case 'exempted':
      return step('Nothing until the exemption expires. To see it:', `exempt --list${only}`);
    default:
      return control === null || !control.isDetection
        ? step('To see what would be done (read-only):', `sweep${only}`)
        : step(control.guidance, null);
  }
}

/** How remediation that was halted goes on: who halted it is said by the pauses, else by the finding. */
function resumption({ controlId, ref, annotation }: SteppedFinding, pauses: readonly Pause[]): [string, string] {
  const only = ` --control ${shellQuoted(controlId)}`;
  const pause = pauses.find(({ control }) => control === null || control === controlId);
  if (pause !== undefined)
    return [`Paused by ${pause.by}: ${pause.reason}. To resume:`, `resume${pause.control === null ? '' : only} --look`];
  if (annotation.includes(BREAKER_OPEN))
    return ['Review what was done, then close the breaker:', `resume --breaker${only} --look`];
  return [
    'Fix what reintroduces the drift, then resume:',
    `resume${only} --resource ${shellQuoted(ref.resourceId)} --look`,
  ];
}
