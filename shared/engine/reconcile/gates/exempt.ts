import type { AnyControl } from '../../../control.ts';
import type { Shared } from '../../../ledger/ledger.ts';
import { activeExemption, describeExemption, ofWholeFindings } from '../../../policy/exemptions.ts';
import type { ExemptionRule } from '../../../policy/policy.ts';
import type { Run } from '../../run/run.ts';
import { type Gate, targetOf } from './gate.ts';

/** Drift that its owner is permitted to leave. */
export const exempt: Gate = ({ run, control, shared }) => {
  const rule = exemptionFor(run, control, shared);
  return rule === null ? null : { outcome: 'exempted', reason: describeExemption(rule), quiet: true };
};

/** The active exemption for all that a control finds on the resource; null where there is none. */
export const exemptionFor = (run: Run, control: AnyControl, { exemptions }: Shared): ExemptionRule | null =>
  activeExemption([...run.engine.policy.exemptions, ...ofWholeFindings(exemptions)], targetOf(run, control), run.now());
