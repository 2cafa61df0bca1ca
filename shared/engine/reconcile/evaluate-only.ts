import { type AnyControl, type Evaluation, nonCompliant, notApplicable } from '../../control.ts';
import { activeExemption, allExemptions, describeExemption } from '../../policy/exemptions.ts';
import type { ExemptionRule } from '../../policy/policy.ts';
import type { Engine, Subject } from '../context.ts';
import { contextOf } from '../run/evaluation-context.ts';
import { evaluate, observe } from '../run/observation.ts';

const ACCOUNT_TYPE = 'AWS::::Account';

/** Evaluates a resource by a control, read live but for what a listing has just read (`subject.known`). Writes nothing. Throws where the resource, or whether its drift is exempt, cannot be read. */
export type Evaluate = (control: AnyControl, subject: Subject) => Promise<Evaluation>;

/** Evaluations by the settings of policy.yml; exemptions are read once, when the first drift needs them. */
export function evaluator(engine: Engine): Evaluate {
  let exemptions: Promise<readonly ExemptionRule[]> | undefined;
  return async (control, subject) => {
    const { resource, ref } = subject;
    const place = { ref, arn: resource.arn(ref), tags: null };
    const { parameters, why } = engine.policy.settingsFor(control, place);
    if (engine.policy.reach(control, place) === 'off') return notApplicable(`Not evaluated: ${why}.`);
    const observation = await observe(subject, control.needs, engine, subject.known);
    // AWS Config rates no resource that is gone; but an account never is, only what it has set.
    if (observation.gone && resource.type !== ACCOUNT_TYPE)
      return notApplicable('The resource does not exist (any more).');
    const context = contextOf(engine, parameters, null);
    const { evaluation } = evaluate(control, subject, observation, context);
    if (evaluation.complianceType !== 'NON_COMPLIANT') return evaluation;
    exemptions ??= allExemptions(engine);
    const target = { controlId: control.id, arn: place.arn, resourceId: ref.resourceId };
    const rule = activeExemption(await exemptions, target, engine.clock.now());
    return rule === null ? evaluation : nonCompliant(`${describeExemption(rule)} ${evaluation.annotation}`);
  };
}
