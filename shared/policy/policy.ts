import type { Impact, Mode, Parameters, Severity, Trusted } from '../control.ts';
import type { FlapLimit } from '../ledger/flap.ts';
import type { MessageSettings } from '../notify/compose.ts';
import type { QuietHours } from '../notify/quiet-hours.ts';
import type { ResourceRef } from '../resource.ts';

/** What a policy sets modes for: a control, or a detection, which has no remediation and no parameters. */
export interface Configurable {
  readonly id: string;
  readonly recommendedMode: Mode;
  readonly impact?: Impact;
  readonly parameters?: Parameters;
}

/** A mode in policy.yml: `recommended` is each control's own. */
export type ModeSetting = Mode | 'recommended';

/** The settings of one control on one resource. */
export interface Settings {
  readonly mode: Mode;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Why this mode applies, for people. */
  readonly why: string;
}

/** Where a setting is asked for. */
export interface Place {
  readonly ref: ResourceRef;
  readonly arn: string;
  /** The resource's tags; null where they were not read, and then no rule about tags holds. */
  readonly tags: Readonly<Record<string, string>> | null;
}

/** A dated permission to stay non-compliant. */
export interface ExemptionRule {
  readonly control: string;
  /** An ARN or resource id; `*` matches any characters. */
  readonly resource: string;
  readonly owner: string;
  readonly reason: string;
  /** The last day on which it holds, `2027-01-31`. */
  readonly expires: string;
}

/** A name under which subscribers find the messages that are theirs: every field that is given must fit. */
export interface RouteRule {
  readonly name: string;
  /** Ids of controls; `*` matches any characters. */
  readonly controls?: readonly string[];
  /** `*` matches any characters. */
  readonly regions?: readonly string[];
  readonly minimumSeverity?: Severity;
}

/** What people are notified of, how and when. */
export interface NotifyRules extends MessageSettings {
  readonly quietHours: QuietHours | null;
  /** How often people are reminded of what stays open, in milliseconds. */
  readonly reminders: Partial<Readonly<Record<Severity, number>>>;
}

/** The settings of an account, read once. */
export interface Policy {
  /** A short hash of the settings; in every record. */
  readonly version: string;
  readonly limits: {
    /** The most remediations in any hour: of each control, and of the account. */
    readonly remediationsPerHour: { readonly control: number; readonly account: number };
    readonly flap: FlapLimit;
    /** How long an approval may take, in milliseconds. */
    readonly approval: number;
  };
  readonly minimumSeverity: Severity;
  readonly notify: NotifyRules;
  readonly exemptions: readonly ExemptionRule[];
  /** Null where policy.yml does not say with whom things may be shared. */
  readonly trusted: Trusted | null;
  /** The users of Slack who may decide by its buttons; without a word nobody. */
  readonly slackApprovers: readonly string[];
  /** The most that may be done about a finding, whatever the resource's tags are. */
  reach(control: Configurable, place: Omit<Place, 'tags'>): Mode;
  /** The most that may be done about a finding anywhere: what a role must be good for. */
  reachAnywhere(control: Configurable): Mode;
  settingsFor(control: Configurable, place: Place): Settings;
  /** True where IAM Access Analyzer gives a second opinion before a public policy is edited. */
  checksNoPublicAccess(control: Configurable): boolean;
  /** True where the resource's tags may change what is done about a finding. */
  goesByTags(control: Configurable, place: Omit<Place, 'tags'>): boolean;
  /** True where the resource's tags may change the control's mode. */
  modeGoesByTags(control: Configurable, place: Omit<Place, 'tags'>): boolean;
  /** Who else manages a resource with these tags, as a clause; null where Evenkeel may remediate it. */
  ownerOf(tags: Readonly<Record<string, string>>): string | null;
}

/** Where a mode holds that differs from the control's: every field that is given must fit. */
export interface MatchRule {
  readonly account?: string;
  readonly region?: string;
  /** Tags and their values; `*` matches any characters. */
  readonly tags?: Readonly<Record<string, string>>;
  /** An ARN or resource id; `*` matches any characters. */
  readonly resource?: string;
  /** Only these controls. */
  readonly controls?: readonly string[];
  readonly mode: ModeSetting;
}

/** What may be set for one control, and by default for all. */
interface ControlSettings {
  readonly mode?: ModeSetting;
  /** Whether IAM Access Analyzer is asked before a public policy is edited; not without a word. */
  readonly checkNoPublicAccess?: boolean;
}

/** policy.yml, validated; `{}` where there is none. */
export interface PolicyDocument {
  /** Without a mode, what nothing else names is only detected. */
  readonly defaults?: ControlSettings;
  readonly controls?: Readonly<
    Record<string, ControlSettings & { readonly parameters?: Readonly<Record<string, unknown>> }>
  >;
  readonly matches?: readonly MatchRule[];
  readonly exemptions?: readonly ExemptionRule[];
  readonly owners?: {
    /** Tags of resources that others manage. */
    readonly tags?: Readonly<Record<string, string>>;
    /** `detect`: what CloudFormation, CDK, Terraform or Pulumi provisioned is detected, not remediated. */
    readonly infrastructureAsCode?: 'detect' | 'remediate';
  };
  readonly limits?: {
    readonly remediationsPerHour?: number | { readonly control?: number; readonly account?: number };
    readonly flap?: { readonly times: number; readonly within: string };
    readonly approval?: { readonly within: string };
  };
  readonly notify?: {
    readonly minimumSeverity?: Severity;
    readonly accountAlias?: string;
    readonly controlPages?: string;
    readonly routes?: readonly RouteRule[];
    readonly quietHours?: Omit<QuietHours, 'minimumSeverity'> & Partial<Pick<QuietHours, 'minimumSeverity'>>;
    readonly reminders?: Partial<Readonly<Record<Severity, string>>>;
  };
  readonly trusted?: Partial<Trusted>;
  readonly slack?: {
    /** The ids of the users of Slack who may approve, reject and undo by its buttons. */
    readonly approvers?: readonly string[];
  };
}
