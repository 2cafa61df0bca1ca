import { expect, test } from '@jest/globals';
import { BoxLife } from '../support/box-life.ts';

/** Lives whose outcomes are followed; with SEEDS as many as of the others. */
const FOLLOWED = process.env.SEEDS === undefined ? 25 : Number.POSITIVE_INFINITY;

// Lives of `npm run storm -- --faults` in memory, thousands in a minute: `SEEDS=1-2000 npm test -- tests/engine/faults`.
const [first = 1, last = 100] = (process.env.SEEDS ?? '1-100').split('-').map(Number);
const TIMEOUT_MS = 180_000 + (last - first) * 500;

test(
  'in any weather, killed at any call: all is remediated and undone exactly, nothing is written twice or left open, and people are notified',
  async () => {
    const violations: string[] = [];
    let kills = 0;
    for (let seed = first; seed <= last; seed += 1) {
      const life = new BoxLife(seed);
      await life.run();
      violations.push(...life.violations);
      kills += life.kills;
    }
    expect(violations).toEqual([]);
    expect(kills).toBeGreaterThan(last - first);
  },
  TIMEOUT_MS,
);

test(
  'the same where each outcome is followed: what is known of it last is true',
  async () => {
    const violations: string[] = [];
    let sent = 0;
    for (let seed = first; seed <= Math.min(last, FOLLOWED); seed += 1) {
      const life = new BoxLife(seed, { isFollowed: true });
      await life.run();
      violations.push(...life.violations);
      sent += life.sent.length;
    }
    expect(violations).toEqual([]);
    expect(sent).toBeGreaterThan(last === first ? 0 : 25);
  },
  TIMEOUT_MS,
);
