import type { AnyControl, Mode } from '../control.ts';
import type { ResourceRef } from '../resource.ts';

/** What holds for one control on one resource. */
export interface Settings {
  readonly mode: Mode;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Why this mode holds, for people. */
  readonly why: string;
}

/** The settings of an account, read once. */
export interface Policy {
  /** A short hash of the settings; in every record. */
  readonly version: string;
  settingsFor(control: AnyControl, ref: ResourceRef): Settings;
}
