export default {
  // Much of the time a test waits, for the local account or for a lease to end: four keep two cores busy.
  maxWorkers: 4,
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  testEnvironment: '<rootDir>/tests/support/jest/environment.mjs',
  testRunner: '<rootDir>/tests/support/jest/jest-circus.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tests/support/jest/strip-types.mjs' },
  globalSetup: '<rootDir>/tests/support/jest/global-setup.mjs',
  globalTeardown: '<rootDir>/tests/support/jest/global-teardown.mjs',
  testSequencer: '<rootDir>/tests/support/jest/sequencer.mjs',
  testTimeout: 180_000,
};
