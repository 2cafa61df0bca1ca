import { describeExemption, isActive, namesResource } from '../../../policy/exemptions.ts';
import { type ElementGate, type Gate, targetOf } from './gate.ts';

/** What an undo restored is left alone by every control until its exemption ends. */
export const undone: ElementGate = (element, { run, control, shared }) => {
  const target = targetOf(run, control);
  const rule = shared.exemptions.find(
    (candidate) =>
      candidate.elements?.includes(element) === true &&
      isActive(candidate, run.now()) &&
      namesResource(candidate, target),
  );
  if (rule === undefined) return null;
  return rule.control === control.id
    ? { outcome: 'exempted', reason: describeExemption(rule), quiet: true }
    : {
        outcome: 'detected',
        reason: `Not remediated: an undo of ${rule.control} restored it; exempt until ${rule.expires} (${rule.owner}).`,
      };
};

/** Drift that is nothing but what an undo of this control restored is exempt, whatever the mode allows. */
export const wholeUndone: Gate = (candidate) => {
  const refusals = candidate.steps.map(({ elements }) =>
    elements.map((element) => undone(element, candidate)).find((refusal) => refusal?.outcome === 'exempted'),
  );
  return refusals.every((refusal) => refusal !== undefined) ? (refusals[0] ?? null) : null;
};
