import type { Engine } from '../engine/context.ts';
import type { Deployment } from './deployment.ts';

/** What an examination found, and the mend where something is wrong. */
export interface Diagnosis extends Verdict {
  /** The examination. */
  readonly what: string;
}

/** A diagnosis without its examination's name. */
export interface Verdict {
  /** `look`: it works, and somebody should know. */
  readonly state: 'well' | 'look' | 'ill';
  /** The region, queue, rule … that it is about; null where it is about all of them. Stays the same while the trouble lasts. */
  readonly about: string | null;
  readonly says: string;
  readonly mend: string | null;
  /** People were notified of it when it began: the digest reminds them while it lasts, though it is not ill. */
  readonly reminds?: true;
}

/** What there is to examine. */
export interface Scene {
  readonly engine: Engine;
  /** The region of the ledger and the functions. */
  readonly home: string;
  /** Null where nothing is deployed, or nobody knows. */
  readonly deployment: Deployment | null;
  readonly table: string | undefined;
  readonly topicArn: string | undefined;
}

/** Looks at one thing; what it throws is itself a diagnosis. */
export interface Examination {
  readonly what: string;
  /** What to do where it cannot be looked at. */
  readonly mend: string;
  examine(scene: Scene): Promise<Verdict | readonly Verdict[]>;
}

/** An examination of a deployment: left out where there is none. */
export interface DeploymentExamination extends Omit<Examination, 'examine'> {
  examine(deployment: Deployment, scene: Scene): Promise<Verdict | readonly Verdict[]>;
}

/** Makes an examination that says nothing where nothing is deployed. */
export const ofDeployment = ({ what, mend, examine }: DeploymentExamination): Examination => ({
  what,
  mend,
  examine: async (scene) => (scene.deployment === null ? [] : examine(scene.deployment, scene)),
});

/** Verdicts, with what they are about where that is not all of it. */
export const well = (says: string): Verdict => ({ state: 'well', about: null, says, mend: null });
export const look = (says: string, mend: string, about: string | null = null): Verdict => ({
  state: 'look',
  about,
  says,
  mend,
});
export const ill = (says: string, mend: string, about: string | null = null): Verdict => ({
  state: 'ill',
  about,
  says,
  mend,
});

/** The troubles where there are some, and otherwise that all is well. */
export const troublesOr = (troubles: readonly Verdict[], allWell: string): readonly Verdict[] =>
  troubles.length > 0 ? troubles : [well(allWell)];

/** So many of one kind are named. */
const NAMED = 5;

/** The first few, in one line. */
export const named = (texts: readonly string[]): string =>
  [...texts.slice(0, NAMED), ...(texts.length > NAMED ? [`and ${texts.length - NAMED} more`] : [])].join('; ');

/** `1 rule`, `2 rules`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
