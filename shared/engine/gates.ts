import { type AnyControl, MODES, type Mode, type Step } from '../control.ts';
import type { Settings } from '../policy/policy.ts';
import type { ResourceRef } from '../resource.ts';
import type { Engine } from './engine.ts';
import type { Outcome } from './outcome.ts';

/** A remediation that is about to be made. */
export interface Candidate {
  readonly control: AnyControl;
  readonly ref: ResourceRef;
  readonly mode: Mode;
  readonly settings: Settings;
  readonly plan: readonly Step[];
}

/** Why a remediation is not made, and the outcome that this is. */
export interface Refusal {
  readonly outcome: Outcome;
  readonly reason: string;
}

/** Looks at a candidate and refuses it, or lets it through with null. */
type Gate = (candidate: Candidate, engine: Engine) => Promise<Refusal | null>;

/** The lower of two modes. */
export const lower = (a: Mode, b: Mode): Mode => (MODES.indexOf(a) < MODES.indexOf(b) ? a : b);

const mode: Gate = async ({ mode, settings, plan }) => {
  if (mode !== 'approve' && mode !== 'remediate') return { outcome: 'detected', reason: settings.why };
  if (plan.length === 0) return { outcome: 'detected', reason: 'this needs a person: there is no safe remediation' };
  return mode === 'approve' ? { outcome: 'awaitingApproval', reason: settings.why } : null;
};

/** In the order in which they are asked; the first refusal holds. */
const GATES: readonly Gate[] = [mode];

/** The first refusal, or null where every gate lets the candidate through. */
export async function refusalOf(candidate: Candidate, engine: Engine): Promise<Refusal | null> {
  for (const gate of GATES) {
    const refusal = await gate(candidate, engine);
    if (refusal !== null) return refusal;
  }
  return null;
}
