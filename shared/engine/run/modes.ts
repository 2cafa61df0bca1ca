import { MODES, type Mode } from '../../control.ts';

/** The lower of two modes. */
export const lower = (a: Mode, b: Mode): Mode => (isAtLeast(b, a) ? a : b);

/** True where a mode allows as much as another, or more. */
export const isAtLeast = (mode: Mode, least: Mode): boolean => MODES.indexOf(mode) >= MODES.indexOf(least);
