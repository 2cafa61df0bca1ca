/** The part of Jest's `--json` output that is read. */
export interface JestRun {
  /** When the run began, in milliseconds. */
  readonly startTime: number;
  readonly testResults: readonly Suite[];
}

interface Suite {
  /** The path of the test file. */
  readonly name: string;
  readonly startTime: number;
  readonly endTime: number;
}

/** How long a run took, and what it would take with more controls. */
export interface Estimate {
  readonly controls: number;
  /** Seconds that the tests of a control and its share of its resource's tests take a worker, on average. */
  readonly secondsPerControl: number;
  /** The slowest controls, most seconds first. */
  readonly slowest: readonly (readonly [id: string, seconds: number])[];
  readonly seconds: number;
  /** Seconds that the whole run would take on the same machine. */
  readonly estimated: number;
}

/** Suites that play the scene of every control, one after another. */
const PLAY_ALL = [
  'cli/sweep.catalogue.test.ts',
  'deployment/roles.test.ts',
  'deployment/deployed.test.ts',
  'scripts/demo.test.ts',
];

/** A control's test files: `<id>.test.ts`, and beside it `<id>.harmless.test.ts`. */
const CONTROL = /tests[\\/]controls[\\/][^\\/]+[\\/]([^\\/.]+)\.(?:[^\\/]+\.)?test\.ts$/;
const RESOURCE = /tests[\\/]resources[\\/]/;

/** Estimates what a run would take with `wanted` controls: the tests of controls and resources, and those that play all scenes, grow with their number; the rest stays. Throws where the run has no test of a control. */
export function estimate({ startTime, testResults }: JestRun, wanted: number): Estimate {
  const secondsOf = (suites: readonly Suite[]) =>
    suites.reduce((sum, suite) => sum + (suite.endTime - suite.startTime) / 1000, 0);
  const own = testResults.filter(({ name }) => CONTROL.test(name));
  const byControl = Object.entries(Object.groupBy(own, ({ name }) => CONTROL.exec(name)?.[1] ?? ''));
  const controls = byControl.length;
  if (controls === 0) throw new Error('the run has no test of a control: run all of npm test');
  const secondsPerControl = secondsOf([...own, ...testResults.filter(({ name }) => RESOURCE.test(name))]) / controls;
  const playing = testResults.filter(({ name }) => PLAY_ALL.some((file) => name.replaceAll('\\', '/').endsWith(file)));
  const more = wanted - controls;
  const added = more * (secondsPerControl + secondsOf(playing) / controls);
  const seconds = (Math.max(...testResults.map(({ endTime }) => endTime)) - startTime) / 1000;
  const slowest = byControl
    .map(([id, suites = []]) => [id, secondsOf(suites)] as const)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 5);
  // What is added spreads over the workers as what is there does.
  const estimated = seconds * (1 + added / secondsOf(testResults));
  return { controls, secondsPerControl, slowest, seconds, estimated };
}
