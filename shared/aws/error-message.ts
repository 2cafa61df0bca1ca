/** An error in one line for people: its name, its message, and its cause's. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
  return (error.cause === undefined ? own : `${own} (${messageOf(error.cause)})`).replace(/\s+/g, ' ').trim();
}
