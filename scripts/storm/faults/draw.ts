import { createHash } from 'node:crypto';

/** A number from 0 up to 1 for these words: the same ones always give the same, in whatever order they are asked for. */
export type Draw = (...words: readonly (string | number)[]) => number;

export const drawFrom =
  (seed: string): Draw =>
  (...words) =>
    createHash('sha256')
      .update(JSON.stringify([seed, ...words]))
      .digest()
      .readUIntBE(0, 6) /
    2 ** 48;

/** One of these, by a drawn number. Throws where there is none. */
export function picked<T>(from: readonly T[], drawn: number): T {
  const found = from[Math.floor(drawn * from.length)];
  if (found === undefined) throw new RangeError('nothing to pick from');
  return found;
}
