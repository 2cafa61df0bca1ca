/** A progress line on a terminal. */
export interface Progress {
  show(done: number, all: number, what: string): void;
  clear(): void;
}

/** Characters of a full bar. */
const BAR_WIDTH = 20;
/** Minimum time between two updates: a terminal is slower than we are. */
const MIN_INTERVAL_MS = 50;

/** Progress on a terminal; silent on anything else. */
export function progressOn(stream: NodeJS.WriteStream, now: () => number = Date.now): Progress {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  let last = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    show(done, all, what) {
      if (now() - last < MIN_INTERVAL_MS) return;
      last = now();
      isShown = true;
      const filled = all === 0 ? 0 : Math.floor((BAR_WIDTH * done) / all);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
      stream.write(`\r\x1b[2K${`${bar} ${done}/${all} ${what}`.slice(0, (stream.columns ?? 80) - 1)}`);
    },
    clear() {
      if (isShown) stream.write('\r\x1b[2K');
      isShown = false;
    },
  };
}
