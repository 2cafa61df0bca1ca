import { readFileSync } from 'node:fs';

/** Says in one line how a run of jest went, from the results that it wrote (`--json --outputFile`). A file of tests that could not be run at all is one that failed. */
const text = readFileSync(process.argv[2], 'utf8');
const {
  numPassedTests = 0,
  numFailedTests = 0,
  numPendingTests = 0,
  numTodoTests = 0,
  numRuntimeErrorTestSuites = 1,
} = text === '' ? {} : JSON.parse(text);
const skipped = numPendingTests + numTodoTests;
const failed = numFailedTests + numRuntimeErrorTestSuites;
console.log(`${numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
