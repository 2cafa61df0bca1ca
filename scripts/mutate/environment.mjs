import ProcessEnvironment from '../../tests/support/jest/environment.mjs';

/** The tests' own environment, where mutated sources find what Stryker tells them. */
export default class MutationEnvironment extends ProcessEnvironment {
  async setup() {
    await super.setup();
    // Stryker writes it on the environment's global object; the sources read it from the real one, which forgets it afterwards.
    globalThis.__stryker__ = this.global.__stryker__;
  }
}
