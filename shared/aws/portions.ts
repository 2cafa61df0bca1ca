/** What a batch call takes. */
export interface PortionLimits {
  readonly entries: number;
  /** Of all entries together. */
  readonly bytes: number;
}

/** Entries in portions that a batch call takes, in their order. One that is too large by itself is a portion of its own: the service says so. */
export function inPortions<T>(
  entries: readonly T[],
  limits: PortionLimits,
  sizeOf: (entry: T) => number,
): readonly (readonly [T, ...T[]])[] {
  const portions: [T, ...T[]][] = [];
  let room = 0;
  for (const entry of entries) {
    const size = sizeOf(entry);
    const last = portions.at(-1);
    if (last === undefined || last.length >= limits.entries || size > room) {
      portions.push([entry]);
      room = limits.bytes - size;
    } else {
      last.push(entry);
      room -= size;
    }
  }
  return portions;
}
