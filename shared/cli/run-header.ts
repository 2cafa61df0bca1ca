import type { Mode } from '../control.ts';

/** What a run works with, as text. */
export interface RunHeader {
  /** The account, or the credentials where the account is not known yet. */
  readonly account: string;
  readonly regions: string;
  /** The policy's file, or what applies without one. */
  readonly policy: string;
  readonly ledger: string;
  /** The highest mode allowed. */
  readonly mode: Mode;
}

/** The first line of a run, on stderr: shows a wrong account, policy or ledger before anything is done. */
export const headerOf = ({ account, regions, policy, ledger, mode }: RunHeader): string =>
  `evenkeel: ${[account, regions, policy, ledger, modeOf(mode)].join('; ')}\n`;

const modeOf = (mode: Mode): string => (mode === 'detect' ? 'mode detect (read-only)' : `mode ${mode} at most`);
