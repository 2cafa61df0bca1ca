import type { Step } from '../../../step.ts';
import { blocked } from './blocked.ts';
import { exempt } from './exempt.ts';
import { flap } from './flap.ts';
import type { Candidate, ElementGate, Gate, Refusal, Verdict } from './gate.ts';
import { mode } from './mode.ts';
import { owned } from './owned.ts';
import { paused } from './paused.ts';
import { pending } from './pending.ts';
import { sibling } from './sibling.ts';
import { undone, wholeUndone } from './undone.ts';
import { young } from './young.ts';

/** In the order in which they are asked; the first refusal holds. The circuit breaker comes last, with the write itself. */
const GATES: readonly Gate[] = [paused, exempt, wholeUndone, young, mode, owned, blocked];
const ELEMENT_GATES: readonly ElementGate[] = [undone, sibling, pending, flap];

/** Asks every gate. Steps on an element that a gate holds are left out, and the others go on; a step that depends on another names that one's element too. */
export function passGates(candidate: Candidate): Verdict {
  for (const gate of GATES) {
    const refusal = gate(candidate);
    if (refusal !== null) return { steps: [], refusal };
  }
  const asked = candidate.steps.map((step) => ({ step, refusal: refusalOfElements(step, candidate) }));
  return {
    steps: asked.filter(({ refusal }) => refusal === null).map(({ step }) => step),
    refusal: asked.find(({ refusal }) => refusal !== null)?.refusal ?? null,
  };
}

function refusalOfElements({ elements }: Step, candidate: Candidate): Refusal | null {
  for (const gate of ELEMENT_GATES)
    for (const element of elements) {
      const refusal = gate(element, candidate);
      if (refusal !== null) return refusal;
    }
  return null;
}
