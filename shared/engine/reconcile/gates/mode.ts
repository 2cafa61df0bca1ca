import type { Gate } from './gate.ts';

/** What the most specific mode of policy.yml allows. */
export const mode: Gate = ({ run, control, mode: allowed, steps, approved, ownership, decided = false }) => {
  if (allowed === 'off')
    return { outcome: 'detected', reason: `${run.settings(control, ownership?.tags ?? null).why}.`, quiet: true };
  if (allowed === 'detect' && decided) {
    // Whoever has approved learns why nothing was done; to everybody else a drift in mode detect is no news.
    const { mode, why } = run.settings(control, ownership?.tags ?? null);
    return { outcome: 'detected', reason: null, ...(mode === 'detect' ? { by: `${why}.` } : {}) };
  }
  if (allowed === 'detect' || steps.length === 0) return { outcome: 'detected', reason: null };
  if (allowed === 'approve' && !approved) return { outcome: 'awaitingApproval', reason: null };
  return null;
};
