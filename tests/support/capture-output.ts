/** Takes down all that is written to stdout and stderr while something runs: what it logs, and its metrics. */
export async function saidBy<T>(run: () => Promise<T>): Promise<{ readonly said: string; readonly value: T }> {
  const streams = [process.stdout, process.stderr];
  const written: string[] = [];
  const originals = streams.map((stream) => stream.write);
  for (const stream of streams)
    stream.write = (chunk: string | Uint8Array) => {
      written.push(String(chunk));
      return true;
    };
  try {
    return { value: await run(), said: written.join('') };
  } finally {
    for (const [index, stream] of streams.entries()) stream.write = originals[index] as typeof stream.write;
  }
}
