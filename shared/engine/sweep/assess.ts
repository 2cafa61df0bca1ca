import type { AnyControl } from '../../control.ts';
import type { Engine, Subject } from '../context.ts';
import { type Judgement, judge, type Observation, observe } from '../reconcile/observation.ts';
import { isThrottled, type Patience } from './patience.ts';

/** How a resource reads, and what its enabled controls say to that. */
export interface Facts {
  readonly gone: boolean;
  readonly verdicts: ReadonlyMap<AnyControl, Verdict>;
}

type Verdict = 'well' | 'drifted' | 'unreadable';

/** True where something is wrong, or nothing can be said: silence is never compliance. */
export const isDrift = ({ gone, verdicts }: Facts): boolean =>
  gone
    ? [...verdicts.keys()].some(({ whenDeleted }) => whenDeleted !== undefined)
    : [...verdicts.values()].some((verdict) => verdict !== 'well');

/** Reads what the listing has not brought, waiting where AWS is asked too much, and judges it by the controls that are on. Throws OutOfTimeError. */
export async function factsOf(subject: Subject, engine: Engine, patience: Patience): Promise<Facts> {
  const { resource, ref } = subject;
  const place = { ref, arn: resource.arn(ref), tags: null };
  const controls = subject.controls.filter((control) => engine.policy.reach(control, place) !== 'off');
  const names = [...new Set(controls.flatMap((control) => control.needs as string[]))];
  const observation = await read(subject, names, engine, patience);
  const verdicts = new Map(
    controls.map((control) => {
      const { parameters } = engine.policy.settingsFor(control, place);
      return [control, verdict(() => judge(control, subject, observation, null, parameters, engine.clock.now()))];
    }),
  );
  return { gone: observation.gone, verdicts };
}

async function read(subject: Subject, names: readonly string[], engine: Engine, patience: Patience) {
  let observation: Observation = await observe(subject, names, engine, subject.known);
  for (let tries = 0; Object.values(observation.unreadable).some(isThrottled); tries += 1) {
    await patience.wait(tries);
    observation = await observe(subject, names, engine, { ...subject.known, ...observation.facets });
  }
  return observation;
}

function verdict(judged: () => Judgement): Verdict {
  try {
    return judged().evaluation.complianceType === 'NON_COMPLIANT' ? 'drifted' : 'well';
  } catch {
    return 'unreadable'; // who looks again says why
  }
}
