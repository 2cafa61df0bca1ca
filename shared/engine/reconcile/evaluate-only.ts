import { type AnyControl, type Evaluation, nonCompliant, notApplicable } from '../../control.ts';
import type { ExemptionRule } from '../../policy/policy.ts';
import { dayFrom, exemptionsOf } from '../../watch/daily.ts';
import type { Engine, Subject } from '../context.ts';
import { isExemptedBy } from './gates.ts';
import { judge, observe } from './observation.ts';

/** The verdict of a control on a resource, read live but for what a listing has just read (`subject.known`). Writes nowhere. Throws where the resource could not be read, or where it is drift and nobody can say whether it is allowed. */
export type Verdicts = (control: AnyControl, subject: Subject) => Promise<Evaluation>;

/** Verdicts by the settings of policy.yml; exemptions are read once, when the first drift asks for them. */
export function verdictsOf(engine: Engine): Verdicts {
  let exemptions: Promise<readonly ExemptionRule[]> | undefined;
  return async (control, subject) => {
    const { resource, ref } = subject;
    const place = { ref, arn: resource.arn(ref), tags: null };
    const { parameters, why } = engine.policy.settingsFor(control, place);
    if (engine.policy.reach(control, place) === 'off') return notApplicable(`Not looked at: ${why}.`);
    const observation = await observe(subject, control.needs, engine, subject.known);
    if (observation.gone) return notApplicable('The resource does not exist (any more).');
    const { evaluation } = judge(control, subject, observation, null, parameters, engine.clock.now());
    if (evaluation.complianceType !== 'NON_COMPLIANT') return evaluation;
    exemptions ??= exemptionsOf(engine);
    const today = dayFrom(engine, 0);
    const rule = (await exemptions).find(
      (candidate) => candidate.expires >= today && isExemptedBy(candidate, control.id, place.arn, ref.resourceId),
    );
    if (rule === undefined) return evaluation;
    return nonCompliant(`Allowed until ${rule.expires} by ${rule.owner}: ${rule.reason}. ${evaluation.annotation}`);
  };
}
