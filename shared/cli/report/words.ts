import type { Severity } from '../../control.ts';
import type { Outcome } from '../../result.ts';
import type { RecordRow } from './rows.ts';

/** A word for people, and a mark that tells it from others without colour. */
interface Word {
  readonly name: string;
  readonly mark: string;
}

/** How the state of an open finding is shown. */
export const STATES: Readonly<Record<Outcome, Word>> = {
  detected: { name: 'detected', mark: '!' },
  awaitingApproval: { name: 'awaiting approval', mark: '?' },
  pending: { name: 'pending', mark: '…' },
  halted: { name: 'halted', mark: '■' },
  blocked: { name: 'blocked', mark: '⊘' },
  failed: { name: 'failed', mark: '✗' },
  exempted: { name: 'exempt', mark: '~' },
  remediated: { name: 'remediated', mark: '✔' },
  compliant: { name: 'compliant', mark: '✓' },
  notApplicable: { name: 'not applicable', mark: '·' },
};

/** A state with its mark: `! detected`. */
export const stateInWords = (state: Outcome): string => `${STATES[state].mark} ${STATES[state].name}`;

export const SEVERITY_MARKS: Readonly<Record<Severity, string>> = {
  CRITICAL: '▲▲',
  HIGH: '▲',
  MEDIUM: '◆',
  LOW: '▽',
  INFORMATIONAL: '○',
};

const STATUSES: Readonly<Partial<Record<RecordRow['status'], string>>> = { awaitingApproval: 'awaiting approval' };

/** How a record ended, in a word or two. */
export function inWords({ kind, status }: Pick<RecordRow, 'kind' | 'status'>): string {
  const end = STATUSES[status] ?? status;
  if (kind === 'remediation') return end;
  return status === 'remediated' ? 'undone' : `undo ${end}`;
}

/** A moment as people read it, in UTC: `2026-11-02 09:14`. */
export const minuteOf = (time: string): string =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(time) ? time.slice(0, 16).replace('T', ' ') : time;

/** The order of two texts; that of the characters' codes, since what is sorted is ids and times. */
export const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
