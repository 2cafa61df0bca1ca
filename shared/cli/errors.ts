/** Wrong usage or unreadable input, in one line that says what and where. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The exit statuses of the command. */
export const EXIT = { done: 0, failed: 1, usage: 2, driftLeft: 3 } as const;

/** Remedies by the code of the system's error. */
const WRITE_REMEDIES: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder; name a file in it',
  ENOENT: 'its folder does not exist; create it, or name another',
  ENOTDIR: 'a part of its path is a file; name another folder',
  EACCES: 'you may not write there; name another place',
  EPERM: 'you may not write there; name another place',
  EROFS: 'nothing can be written there; name another place',
  ENOSPC: 'the disk is full; name another place',
};

/** Why a file cannot be written, and the remedy: `cannot be written (EISDIR): it is a folder; name a file in it`. */
export function unwritable(error: unknown): string {
  const { code = 'an unknown error' } = Object(error) as { readonly code?: string };
  const remedy = WRITE_REMEDIES[code];
  return `cannot be written (${code})${remedy === undefined ? '' : `: ${remedy}`}`;
}
