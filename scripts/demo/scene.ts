import type { Aws } from '../../shared/resource.ts';
import type { Outcome } from '../../shared/result.ts';

/** The account that the demo plays in. */
export interface Account {
  readonly accountId: string;
  readonly region: string;
  readonly aws: Aws;
}

/** One drift, and what Evenkeel has to make of it. */
export interface Scene {
  /** What somebody does, as a sentence without its full stop. */
  readonly title: string;
  /** Every control that finds something, with its outcome. */
  readonly expects: Readonly<Record<string, Extract<Outcome, 'remediated' | 'detected'>>>;
  /** Makes what the scene needs, all of it as it should be. */
  prepare(account: Account): Promise<Drift>;
}

/** A drift that is ready to happen. */
export interface Drift {
  /** Events that Evenkeel has seen before. */
  readonly earlier?: readonly object[];
  happen(): Promise<Happening>;
}

/** What has happened. */
export interface Happening {
  /** How CloudTrail tells of it. */
  readonly event: object;
  /** What in the account is different in the end (beginnings of snapshot keys): the drift itself where a person has to decide, what it brought along, what the remediation added. Nothing else may be. */
  readonly leaves?: readonly string[];
}

/** The state of an account: each thing in it by a name that a reader understands. */
export type Snapshot = Readonly<Record<string, unknown>>;
