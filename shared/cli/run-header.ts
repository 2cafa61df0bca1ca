import type { Mode } from '../control.ts';
import { visible } from '../text.ts';

/** What a run may do at most: a mode for one that reconciles resources, else what it writes to. */
export type Access = Mode | 'nothing' | 'ledger' | 'queues';

/** What a run works with, as text; what a subcommand has no use for is left out. */
export interface RunHeader {
  /** The account, or the credentials where AWS does not say the account. */
  readonly account?: string;
  readonly regions: string;
  /** The policy's file, or what applies without one. */
  readonly policy?: string;
  readonly ledger?: string;
  readonly access: Access;
}

const ACCESS: Readonly<Record<Access, string>> = {
  off: 'mode off',
  detect: 'mode detect (read-only)',
  approve: 'mode approve at most',
  remediate: 'mode remediate at most',
  nothing: 'read-only',
  ledger: 'writes to the ledger only',
  queues: 'writes to queues only',
};

/** The first line of a run, on stderr: shows a wrong account, policy or ledger before anything is done. */
export function headerOf({ account, regions, policy, ledger, access }: RunHeader): string {
  const parts = [account, regions, policy, ledger, ACCESS[access]].filter((part) => part !== undefined);
  return `evenkeel: ${visible(parts.join('; '))}\n`;
}

export const printHeader = (header: RunHeader): void => {
  process.stderr.write(headerOf(header));
};
