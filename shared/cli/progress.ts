/** One line that says what is being looked at; nothing where nobody watches. */
export interface Progress {
  show(what: string): void;
  clear(): void;
}

/** Progress on a terminal; silent on anything else. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  let seen = 0;
  return {
    show(what) {
      seen += 1;
      stream.write(`\r\x1b[2K${seen} … ${what}`.slice(0, stream.columns ?? 80));
    },
    clear() {
      stream.write('\r\x1b[2K');
    },
  };
}
