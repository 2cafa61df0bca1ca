import type { Aws } from '../shared/resource.ts';

/** The account that a scene plays in. */
export interface SceneAccount {
  readonly accountId: string;
  readonly region: string;
  readonly aws: Aws;
  /** A name that nothing else in the account has: `web` gives `web`, or `web-2`. */
  name(base: string): string;
}

/** One drift, written once: sandbox tests, demo, role proofs and storm read it. `scenes/<service>/<id>.ts` exports the proof of a control or detection as its default and further drifts as `more`. */
export interface Scene {
  /** What somebody does, as a sentence without its full stop. */
  readonly title: string;
  /** The outcome of the controls that the drift is about, where their mode is `remediate`. Others may detect something too, and never act. */
  readonly expects: Readonly<Record<string, SceneOutcome>>;
  /** Parameters of the one control in `expects`, where its defaults do not do; the demo leaves such a scene out. */
  parameters?(account: Pick<SceneAccount, 'accountId'>): Readonly<Record<string, unknown>>;
  /** A setting of the whole account, which other scenes make, would hide the drift: the demo, where all share an account, leaves it out. */
  readonly alone?: true;
  /** What a remediation leaves different from the state before the drift, in words; without it, nothing. */
  readonly leaves?: string;
  /** Creates what the scene needs, all of it compliant. */
  prepare(account: SceneAccount): Promise<Drift>;
}

export type SceneOutcome = 'remediated' | 'detected' | 'awaitingApproval';

/** A drift that is ready to happen. */
export interface Drift {
  /** Events that Evenkeel has seen before it, in order: for a deletion, one by which the ledger knows the resource. */
  readonly earlier?: readonly object[];
  /** Makes the drift. */
  happen(): Promise<Happening>;
  /** All of the resource that a remediation could touch, in a form that compares (no rule ids, no dates); read before the drift too, where the remediation `leaves` nothing different. */
  state(): Promise<unknown>;
  /** What has to stay as it was before the drift, by names that a reader understands: other resources, and the parts of this one that are none of the drift's. A resource of the same type that the control finds right is among them, and its name holds its id as a word (`volume vol-…`); of a setting of the account, the region. */
  neighbours(): Promise<Snapshot>;
}

/** What has happened. */
export interface Happening {
  /** The event by which CloudTrail reports it. */
  readonly event: object;
  /** When Evenkeel gets it, for what goes by age; the present unless said. */
  readonly at?: Date;
}

export type Snapshot = Readonly<Record<string, unknown>>;

/** What a scene file holds. */
export interface SceneFile {
  /** The id of the control or detection that the default scene proves: the file's name. */
  readonly id: string;
  readonly service: string;
  readonly proof: Scene;
  readonly more: readonly Scene[];
}
