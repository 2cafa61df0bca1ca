import { createRequire } from 'node:module';

const Sequencer = createRequire(import.meta.url)('@jest/test-sequencer').default;

/** What takes longest, also where no run has measured it yet: the storm waits for more than a minute, packaging takes most of one, and what comes last should be short. */
const FIRST = [
  /deployment[\\/]storm\.test\.ts$/,
  /deployment[\\/](deployed|upgrade|template|doctor|roles|deployment|budget)\.test\.ts$/,
  /(storm[\\/]faults|sweep\.(catalogue|regions)|lambda[\\/](handler|bundles)|mutate|generate)\.test\.ts$/,
];
const rank = ({ path }) => {
  const found = FIRST.findIndex((pattern) => pattern.test(path));
  return found === -1 ? FIRST.length : found;
};

/** Jest's own order, but for what takes longest. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}
