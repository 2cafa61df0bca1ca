import type { Mode } from '../control.ts';

/** What a run of the command works with, each in words. */
export interface RunHeader {
  /** The account; where nobody was asked for it yet, whose credentials are taken. */
  readonly account: string;
  readonly regions: string;
  /** The policy's file, or what holds without one. */
  readonly policy: string;
  readonly ledger: string;
  /** The most that may be done. */
  readonly mode: Mode;
}

/** One line that a run begins with, on stderr: a wrong account, policy or ledger is to be seen before anything is done. */
export const headerOf = ({ account, regions, policy, ledger, mode }: RunHeader): string =>
  `evenkeel: ${[account, regions, policy, ledger, atMost(mode)].join('; ')}\n`;

const atMost = (mode: Mode): string => (mode === 'detect' ? 'mode detect, nothing is written' : `mode ${mode} at most`);
