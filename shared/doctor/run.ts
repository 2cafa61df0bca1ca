import pLimit from 'p-limit';
import { messageOf } from '../engine/errors.ts';
import { type Diagnosis, type Examination, ill, type Scene, type Verdict } from './diagnosis.ts';

/** So many examinations are under way at once: each makes a few calls, some in every region. */
const AT_ONCE = 6;

/** Makes the examinations, several at once, and gives what they find in their order. Never throws: an examination that cannot look is ill. */
export async function* examine(examinations: readonly Examination[], scene: Scene): AsyncGenerator<Diagnosis> {
  const inTurn = pLimit(AT_ONCE);
  const begun = examinations.map((examination) => inTurn(() => diagnosesOf(examination, scene)));
  for (const found of begun) yield* await found;
}

async function diagnosesOf(examination: Examination, scene: Scene): Promise<readonly Diagnosis[]> {
  const { what } = examination;
  const verdicts = await examination.examine(scene).catch((error: unknown) => unseen(error, examination.mend));
  return [verdicts].flat().map((verdict) => ({ what, ...verdict }));
}

/** What could not be looked at is never well. */
export const unseen = (error: unknown, mend: string, about: string | null = null): Verdict =>
  ill(`${about === null ? '' : `${about}: `}cannot be looked at: ${messageOf(error)}`, mend, about);

/** Looks at each of several things at once; one that cannot be looked at is ill, and the others go on. */
export async function inEach(
  names: readonly string[],
  mend: string,
  examineOne: (name: string) => Promise<readonly Verdict[]>,
): Promise<readonly Verdict[]> {
  const found = names.map((name) => examineOne(name).catch((error: unknown) => [unseen(error, mend, name)]));
  return (await Promise.all(found)).flat();
}
