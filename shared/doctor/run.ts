import pLimit from 'p-limit';
import { visible } from '../text.ts';
import { type Check, type CheckResult, type Diagnosis, type DoctorContext, unreadable } from './diagnosis.ts';

/** Maximum concurrent checks: each makes a few calls, some of them in every region. */
const CONCURRENCY = 6;

/** Runs the checks concurrently and yields their results in the order of the checks. Never throws: a check that throws is an error. */
export async function* diagnose(checks: readonly Check[], context: DoctorContext): AsyncGenerator<Diagnosis> {
  const limited = pLimit(CONCURRENCY);
  const running = checks.map((check) => limited(() => diagnosesOf(check, context)));
  for (const diagnoses of running) yield* await diagnoses;
}

async function diagnosesOf({ name, remedy, run }: Check, context: DoctorContext): Promise<readonly Diagnosis[]> {
  const results = await run(context).catch((error: unknown) => unreadable(error, remedy));
  return [results].flat().map((result) => ({ check: name, ...safe(result) }));
}

/** What strangers named (an alarm, a subscription, a resource) is shown on one line, in the terminal as in the digest. */
const safe = (result: CheckResult): CheckResult => ({
  ...result,
  subject: result.subject === null ? null : visible(result.subject),
  message: visible(result.message),
  remedy: result.remedy === null ? null : visible(result.remedy),
});

/** Checks several things concurrently; one that cannot be checked is an error, and the others go on. */
export async function checkEach(
  names: readonly string[],
  remedy: string,
  checkOne: (name: string) => Promise<readonly CheckResult[]>,
): Promise<readonly CheckResult[]> {
  const results = names.map((name) => checkOne(name).catch((error: unknown) => [unreadable(error, remedy, name)]));
  return (await Promise.all(results)).flat();
}
