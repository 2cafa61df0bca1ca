/** One line that says what is being looked at; nothing where nobody watches. */
export interface Progress {
  show(done: number, all: number, what: string): void;
  clear(): void;
}

/** So many characters a whole bar has. */
const WIDTH = 20;
/** A line is written so often at most, in milliseconds: a terminal is slower than we are. */
const PACE = 50;

/** Progress on a terminal; silent on anything else. */
export function progressOn(stream: NodeJS.WriteStream, now: () => number = Date.now): Progress {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  let last = Number.NEGATIVE_INFINITY;
  return {
    show(done, all, what) {
      if (now() - last < PACE) return;
      last = now();
      const filled = all === 0 ? 0 : Math.floor((WIDTH * done) / all);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
      stream.write(`\r\x1b[2K${`${bar} ${done}/${all} ${what}`.slice(0, (stream.columns ?? 80) - 1)}`);
    },
    clear() {
      last = Number.NEGATIVE_INFINITY;
      stream.write('\r\x1b[2K');
    },
  };
}
