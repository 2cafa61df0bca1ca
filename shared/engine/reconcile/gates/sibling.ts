import { type AnyControl, SEVERITIES } from '../../../control.ts';
import type { Shared } from '../../../ledger/ledger.ts';
import type { Place } from '../../../policy/policy.ts';
import { facetsOf, modeOf, type Run } from '../../run/run.ts';
import { exemptionFor } from './exempt.ts';
import type { ElementGate, Holder } from './gate.ts';

/** Holds elements for which a sibling of the same or a higher severity is exempt, or requires an approval that was not given for these very calls. */
export const sibling: ElementGate = (element, { control, holders, approved }) => {
  const holder = holders.find(
    (candidate) =>
      candidate.control.id !== control.id &&
      (candidate.exemption !== null || !approved) &&
      SEVERITIES.indexOf(candidate.control.severity) >= SEVERITIES.indexOf(control.severity) &&
      (candidate.elements === null || candidate.elements.includes(element)),
  );
  if (holder === undefined) return null;
  const { control: other, exemption, elements } = holder;
  const why = exemption === null ? 'requires approval' : `is exempt until ${exemption.expires} (${exemption.owner})`;
  const what = elements === null ? 'may report the same drift (it could not be evaluated)' : 'reports the same drift';
  return { outcome: 'detected', reason: `Not remediated: ${other.id}, which ${what}, ${why}.` };
};

/** The elements that a control would change now; null where that cannot be determined. Pure. */
export function plannedElements(run: Run, control: AnyControl): readonly string[] | null {
  try {
    const evaluated = run.evaluate(control);
    if (evaluated.evaluation.complianceType !== 'NON_COMPLIANT') return [];
    return run.plan(control, evaluated).steps.flatMap(({ elements }) => elements);
  } catch {
    return null;
  }
}

/** Siblings that are exempt or, by the resource's tags, require approval here, with the elements they would change. Reads nothing where there are none. */
export async function siblingHolders(run: Run, shared: Shared, tags: Place['tags']): Promise<readonly Holder[]> {
  const { siblings = [] } = run.subject;
  const holding = siblings
    .map((control) => ({ control, exemption: exemptionFor(run, control, shared) }))
    .filter(({ control, exemption }) => exemption !== null || modeOf(run, control, tags) === 'approve');
  const controls = holding.map(({ control }) => control);
  await run.readMore(facetsOf(controls));
  for (const control of controls) await run.readForPlan(control);
  return holding.map((holder) => ({ ...holder, elements: plannedElements(run, holder.control) }));
}
