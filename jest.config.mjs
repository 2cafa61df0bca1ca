export default {
  // Much of the time a test waits, for the local account or for a lease to end: three share two cores well.
  maxWorkers: 3,
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/tests/support/strip-types.mjs' },
  setupFiles: ['<rootDir>/tests/support/without-colors.mjs'],
  globalSetup: '<rootDir>/tests/support/global-setup.mjs',
  globalTeardown: '<rootDir>/tests/support/global-teardown.mjs',
  testSequencer: '<rootDir>/tests/support/sequencer.mjs',
  testTimeout: 180_000,
};
