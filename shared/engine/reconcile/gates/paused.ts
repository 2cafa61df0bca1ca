import { isAtLeast } from '../../run/modes.ts';
import type { Gate } from './gate.ts';

/** Nothing is remediated while everything, or this control, is paused. */
export const paused: Gate = ({ shared, control, mode }) => {
  if (!isAtLeast(mode, 'approve')) return null;
  const pause = shared.pauses.find((candidate) => candidate.control === null || candidate.control === control.id);
  if (pause === undefined) return null;
  const stoppedBy = { gate: 'pause', everything: pause.control === null } as const;
  return { outcome: 'halted', reason: `Paused by ${pause.by}: ${pause.reason}.`, stoppedBy, gate: 'pause' };
};
