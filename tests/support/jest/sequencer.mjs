import { createRequire } from 'node:module';

const Sequencer = createRequire(import.meta.url)('@jest/test-sequencer').default;

/** What takes longest, also where no run has measured it yet: the storm waits for more than a minute, and packaging takes most of one. */
const FIRST = [/deployment[\\/]storm\.test\.ts$/, /deployment[\\/](deployed|upgrade|template|doctor)\.test\.ts$/];
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
