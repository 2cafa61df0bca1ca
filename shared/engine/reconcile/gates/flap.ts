import { launchedBy } from '../../../aws/ec2/launched-by.ts';
import { evaluateFlap } from '../../../ledger/flap.ts';
import { provisionedBy } from '../../../policy/infrastructure-as-code.ts';
import type { Candidate, ElementGate, Refusal } from './gate.ts';

/** Drift that keeps coming back is someone's intent: stop, notify once, and name the actor. */
export const flap: ElementGate = (element, candidate) => {
  const { run } = candidate;
  const { flap: limit } = run.engine.policy.limits;
  const known = run.draft.state.flaps[element];
  if (known === undefined) return null;
  const { stopped, next } = evaluateFlap(known, limit, run.now().getTime());
  if (!stopped) return null;
  run.draft.change((state) => ({ ...state, flaps: { ...state.flaps, [element]: next } }));
  const reason = `Remediated ${limit.times === 1 ? 'once' : `${limit.times} times`}, and the drift came back each time.`;
  const stoppedBy = { gate: 'flap', everything: false } as const;
  return { outcome: 'halted', reason, stoppedBy, gate: 'flap', ...lastBy(candidate) };
};

/** Who last brought the drift back: the caller, and the tool by the event or by the resource's tags. */
function lastBy({ run: { cause }, ownership }: Candidate): Pick<Refusal, 'by'> {
  const { attribution } = cause;
  const made = provisionedBy(ownership?.tags ?? {});
  const launcher = launchedBy(ownership?.tags ?? {});
  const words = [
    attribution?.actor && `by ${attribution.actor}`,
    attribution?.tool && `with ${attribution.tool}`,
    made && `on a resource created by ${made.tool}`,
    launcher && `on an instance launched by ${launcher}`,
  ].filter(Boolean);
  return words.length === 0 ? {} : { by: `Last changed ${words.join(' ')}.` };
}
