/** Wrong usage or unreadable input, in one line that says what and where. Exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The exit statuses of the command. */
export const EXIT = { done: 0, failed: 1, usage: 2, driftLeft: 3 } as const;
