import type { Draw } from './draw.ts';
import { picked } from './draw.ts';
import { FAULTS, type Fault } from './fault.ts';

/** When a process is killed. */
export interface Kill {
  /** `any`: at a call of the task; `write`: at its first call that changes the account, or at one after it. */
  readonly from: 'any' | 'write';
  /** So many calls later. */
  readonly after: number;
  /** The call is made; its answer is heard by nobody. */
  readonly isMade: boolean;
}

/** One try of one task: the weather that it has, and whether it is killed. */
export interface Trial {
  /** The resource's place in the plan. */
  readonly life: number;
  readonly phase: string;
  readonly attempt: number;
  /** The part of its calls that a fault befalls, from 0 to 1. */
  readonly rate: number;
  readonly kill: Kill | null;
}

const RATES = [0.05, 0.15, 0.3, 0.5];
/** From this try on the weather is fair, so that everything has an end. */
export const FAIR_FROM = 6;

/** The weather of a try. */
export function trialOf(draw: Draw, life: number, phase: string, attempt: number, kill: Kill | null): Trial {
  const drawn = picked(RATES, draw(life, phase, attempt, 'rate'));
  const rate = attempt >= FAIR_FROM ? 0 : attempt >= FAIR_FROM - 2 ? drawn / 4 : drawn;
  return { life, phase, attempt, rate, kill };
}

/** A kill at a moment that is drawn; most are to fall after the first write, which not every try comes to. */
export function drawnKill(draw: Draw, life: number, phase: string): Kill {
  const isMade = draw(life, phase, 'made') < 0.5;
  if (draw(life, phase, 'from') < 0.7)
    return { from: 'write', after: Math.floor(draw(life, phase, 'after') * 4), isMade: true };
  return { from: 'any', after: Math.floor(draw(life, phase, 'after') * 12), isMade };
}

/** The fault of a call, the nth of its name in this try; null for none. */
export function faultOf(draw: Draw, { life, phase, attempt, rate }: Trial, name: string, nth: number): Fault | null {
  const words = [life, phase, attempt, name, nth] as const;
  return draw(...words, 'is') < rate ? picked(FAULTS, draw(...words, 'which')) : null;
}
