import type { SceneAccount } from './scene.ts';

/** Gives names that nothing else in an account has: `web`, then `web-2`. */
export function uniqueNames(): SceneAccount['name'] {
  const counts = new Map<string, number>();
  return (base) => {
    const count = (counts.get(base) ?? 0) + 1;
    counts.set(base, count);
    return count === 1 ? base : `${base}-${count}`;
  };
}
