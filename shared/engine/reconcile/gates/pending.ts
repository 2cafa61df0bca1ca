import type { ElementGate } from './gate.ts';

/** A change that AWS is still applying is not made twice. */
export const pending: ElementGate = (element, { run }) => {
  const record = run.pendingElements.get(element);
  if (record === undefined) return null;
  return {
    outcome: 'pending',
    reason: `AWS is still applying ${record.id}; the next check is at ${record.recheckAt}.`,
    quiet: true,
  };
};
