import type { Result } from '../../../shared/result.ts';

/** What a process is to do. `only`: the controls that are enabled. */
export type Task = { readonly skewMs: number; readonly only: readonly string[] } & (
  | { readonly kind: 'event'; readonly event: object; readonly mode: Deployed }
  | { readonly kind: 'approve'; readonly id: string }
  | { readonly kind: 'undo'; readonly id: string }
);

/** Which policy is deployed. */
export type Deployed = 'remediate' | 'approve';

/** How it went. */
export interface TaskAnswer {
  readonly skewMs: number;
  readonly results: readonly Result[];
  /** What an approval or an undo threw. */
  readonly error: { readonly name: string; readonly message: string } | null;
}

/** What a process works with; its only argument, as JSON. */
export interface Post {
  readonly policies: Readonly<Record<Deployed, string>>;
  readonly table: string;
  readonly topicArn: string;
  readonly accountId: string;
  readonly region: string;
}
