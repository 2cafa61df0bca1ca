import type { AnyControl, Mode, Severity } from '../control.ts';
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

/** A dated permission to stay non-compliant, as policy.yml writes it. */
export interface ExemptionRule {
  readonly control: string;
  /** An ARN or resource id; `*` stands for any run of characters. */
  readonly resource: string;
  readonly owner: string;
  readonly reason: string;
  /** The last day on which it holds, `2027-01-31`. */
  readonly expires: string;
}

/** policy.yml, validated. */
export interface PolicyDocument {
  readonly defaults?: { readonly mode?: Mode };
  readonly controls?: Readonly<
    Record<string, { readonly mode?: Mode; readonly parameters?: Readonly<Record<string, unknown>> }>
  >;
  readonly exemptions?: readonly ExemptionRule[];
  readonly limits?: {
    readonly remediationsPerHour?: number;
    readonly flap?: { readonly times: number; readonly within: string };
  };
  readonly notify?: { readonly minimumSeverity?: Severity };
}
