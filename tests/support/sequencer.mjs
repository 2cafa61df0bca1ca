import { createRequire } from 'node:module';

const Sequencer = createRequire(import.meta.url)('@jest/test-sequencer').default;

/** Waits for more than a minute, so that it must not be what all others wait for. */
const FIRST = /deployment[\\/]storm\.test\.ts$/;

/** Jest's own order, but for what takes longest. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(({ path }) => FIRST.test(path)), ...sorted.filter(({ path }) => !FIRST.test(path))];
  }
}
