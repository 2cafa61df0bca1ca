import type { Happening, Scene, Snapshot } from '../../scenes/scene.ts';
import type { Result } from '../../shared/result.ts';

/** A scene, and what Evenkeel made of it. */
export interface Played {
  readonly scene: Pick<Scene, 'title' | 'expects'>;
  readonly happening: Happening;
  readonly results: readonly Result[];
  /** How many notifications arrived. */
  readonly mails: number;
}

/** Outcomes that say: nothing is wrong here. */
const QUIET: readonly string[] = ['compliant', 'notApplicable'];

/** Where a scene did not end as expected: each expected control has its outcome for one resource, no other one acts, and a notification arrives. What others only detect is no problem: a new VPC also lacks what no other scene is about. */
export function sceneProblems({ scene: { title, expects }, results, mails }: Played): readonly string[] {
  const loud = Map.groupBy(
    results.filter(({ outcome }) => !QUIET.includes(outcome)),
    ({ controlId }) => controlId,
  );
  const wrong = Object.entries(expects).flatMap(([controlId, outcome]) => {
    const ends = loud.get(controlId) ?? [];
    const isCompliant = outcome === 'remediated';
    const [end] = ends;
    if (ends.length === 1 && end?.outcome === outcome && (end.after === 'COMPLIANT') === isCompliant) return [];
    return [`${controlId}, expected ${outcome}: ${ends.map(inWords).join('; ') || 'it found nothing'}`];
  });
  const unexpected = [...loud]
    .filter(
      ([controlId, ends]) =>
        !Object.hasOwn(expects, controlId ?? '') &&
        ends.some((one) => one.mode !== 'detect' && one.outcome !== 'detected' && !isWaiting(one)),
    )
    .map(([controlId, ends]) => `${controlId ?? 'the event'}, expected to do nothing: ${ends.map(inWords).join('; ')}`);
  const silent = mails > 0 ? [] : ['no notification arrived'];
  return [...wrong, ...unexpected, ...silent].map((problem) => `${title}: ${problem}`);
}

/** Nothing was done: the resource may still become right by itself, as an instance whose agent has not registered yet. */
const isWaiting = ({ outcome, steps, remediationId }: Result) =>
  outcome === 'pending' && steps.length === 0 && remediationId === null;

const inWords = ({ outcome, error, annotation }: Result) =>
  [outcome, error ?? annotation].filter((part) => part !== null).join(', ');

/** The names under which two snapshots differ. */
export const differences = (before: Snapshot, after: Snapshot): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );

/** The neighbours that are not as they were. */
export const neighbourProblems = (before: Snapshot, after: Snapshot): readonly string[] =>
  differences(before, after).map(
    (name) => `${name} is not as it was: ${JSON.stringify(before[name])} became ${JSON.stringify(after[name])}`,
  );

/** Where a second replay of the same events did something: it may make no call, send no notification, and change nothing. */
export function secondRunProblems(
  results: readonly Result[],
  mails: number,
  before: Snapshot,
  after: Snapshot,
): readonly string[] {
  const acted = results
    .filter((result) => ![...QUIET, 'detected', 'awaitingApproval'].includes(result.outcome) && !isWaiting(result))
    .map((result) => `${result.controlId ?? 'an event'} on ${result.resourceId} was not quiet: ${inWords(result)}`);
  const notified = mails === 0 ? [] : [`${mails} notifications were sent again`];
  const changed = differences(before, after).map((name) => `${name} was changed`);
  return [...acted, ...notified, ...changed].map((problem) => `second run: ${problem}`);
}
