import type { Result } from '../../shared/result.ts';
import type { Scene, Snapshot } from './scene.ts';

/** A scene, and what Evenkeel made of it. */
export interface Played {
  readonly scene: Pick<Scene, 'title' | 'expects'>;
  readonly event: object;
  readonly results: readonly Result[];
  /** How many notices arrived. */
  readonly mails: number;
  readonly leaves: readonly string[];
}

/** Outcomes that say: nothing is wrong here. */
const QUIET: readonly string[] = ['compliant', 'notApplicable'];

/** Where a scene did not end as it has to: each expected control ends so for one resource, nothing else is found, and somebody is told. */
export function sceneTroubles({ scene: { title, expects }, results, mails }: Played): readonly string[] {
  const loud = Map.groupBy(
    results.filter(({ outcome }) => !QUIET.includes(outcome)),
    ({ controlId }) => controlId,
  );
  const wrong = Object.entries(expects).flatMap(([controlId, outcome]) => {
    const ends = loud.get(controlId) ?? [];
    const after = outcome === 'remediated' ? 'COMPLIANT' : 'NON_COMPLIANT';
    if (ends.length === 1 && ends[0]?.outcome === outcome && ends[0].after === after) return [];
    return [`${controlId} was to end as ${outcome}: ${ends.map(inWords).join('; ') || 'it found nothing'}`];
  });
  const unexpected = [...loud]
    .filter(([controlId]) => !Object.hasOwn(expects, controlId ?? ''))
    .map(([controlId, ends]) => `${controlId ?? 'the event'} was to find nothing: ${ends.map(inWords).join('; ')}`);
  const silent = mails > 0 ? [] : ['nobody was told'];
  return [...wrong, ...unexpected, ...silent].map((trouble) => `${title}: ${trouble}`);
}

const inWords = ({ outcome, error, annotation }: Result) =>
  [outcome, error ?? annotation].filter((part) => part !== null).join(', ');

/** The names under which two snapshots differ. */
export const differences = (before: Snapshot, after: Snapshot): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );

/** What is different in the end and may not be: nothing but what the scenes leave behind. */
export const neighbourTroubles = (before: Snapshot, after: Snapshot, leaves: readonly string[]): readonly string[] =>
  differences(before, after)
    .filter((name) => !isLeft(name, leaves))
    .map((name) => `${name} is not as it was: ${JSON.stringify(before[name])} became ${JSON.stringify(after[name])}`);

/** How many things were there from the beginning and had to stay as they were. */
export const neighboursIn = (before: Snapshot, leaves: readonly string[]): number =>
  Object.keys(before).filter((name) => !isLeft(name, leaves)).length;

const isLeft = (name: string, leaves: readonly string[]) =>
  leaves.some((beginning) => name === beginning || name.startsWith(`${beginning} `));

/** Where a second replay of the same events did something: it may make no call, tell nobody, and change nothing. */
export function secondRunTroubles(
  results: readonly Result[],
  mails: number,
  before: Snapshot,
  after: Snapshot,
): readonly string[] {
  const acted = results
    .filter(({ outcome }) => ![...QUIET, 'detected'].includes(outcome))
    .map((result) => `${result.controlId ?? 'an event'} on ${result.resourceId} was not quiet: ${inWords(result)}`);
  const told = mails === 0 ? [] : [`${mails} notices were sent again`];
  const changed = differences(before, after).map((name) => `${name} was changed`);
  return [...acted, ...told, ...changed].map((trouble) => `second run: ${trouble}`);
}
