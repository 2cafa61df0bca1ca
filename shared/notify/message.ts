import type { Mode, Severity } from '../control.ts';
import type { Outcome } from '../result.ts';
import type { CallData } from '../step.ts';

/** Grows when a field changes its meaning or goes; a field that is added leaves it. */
export const MESSAGE_VERSION = 1;

/** What a message is about: how a control ended for a resource, or what became of Evenkeel itself. */
export const KINDS = [
  'detected',
  'remediated',
  'awaitingApproval',
  'halted',
  'blocked',
  'failed',
  /** A finding is over: compliant again, or its resource is gone. */
  'resolved',
  'exempted',
  /** A person's own undo. */
  'undone',
  'exemptionEnding',
  /** Changes may happen that are not seen. */
  'blind',
  /** What was blind, paused or broken works again. */
  'recovered',
  /** Evenkeel itself needs a person. */
  'attention',
  /** Many findings in one message. */
  'digest',
  /** What is still open. */
  'reminder',
] as const;
export type Kind = (typeof KINDS)[number];

/** What a command of a message does. */
export type Action = 'undo' | 'approve' | 'reject' | 'resume' | 'exempt' | 'endExemption' | 'retry' | 'look';

/** One thing that the reader can do or should know: a sentence, and the command that it speaks of, ready to be run. */
export interface Advice {
  readonly text: string;
  /** Null where there is only the sentence. */
  readonly action: Action | null;
  readonly command: string | null;
}

/** The resource that a message is about. */
export interface MessageResource {
  readonly type: string | null;
  readonly id: string;
  /** Its Name tag; null where it has none, or its tags were not read. */
  readonly name: string | null;
  /** Its owner tag. */
  readonly owner: string | null;
  readonly consoleUrl: string;
}

/** Who caused it, for people to read; it decides nothing. */
export interface Who {
  /** The ARN of the caller, or the service that called. */
  readonly actor: string | null;
  /** The role, user or service by its name. */
  readonly principal: string | null;
  /** The session of a role: often a person's e-mail address. */
  readonly session: string | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  readonly tool: string | null;
  /** The CloudFormation stack that the resource belongs to. */
  readonly stack: string | null;
}

/** How one control ended for the resource. */
export interface MessageFinding {
  readonly controlId: string;
  /** The control's, whatever the message's is. */
  readonly severity: Severity;
  readonly title: string;
  readonly headline: string;
  readonly outcome: Outcome;
  readonly mode: Mode | null;
  /** What was found, in a sentence. */
  readonly annotation: string | null;
  /** The state before and after, in words; null where it is not known, or nothing was changed. */
  readonly before: string | null;
  readonly after: string | null;
  /** The first differences of the two states. */
  readonly changes: readonly string[];
  readonly error: string | null;
  /** It failed, and is being retried. */
  readonly isRetrying: boolean;
  readonly remediationId: string | null;
  /** Whether every step that was made can be undone. */
  readonly reversible: boolean;
  /** The calls that were made, attempted or planned, without documents (policies). */
  readonly steps: readonly CallData[];
  /** How many more there are; the ledger has them all. */
  readonly stepsLeftOut: number;
  readonly advice: readonly Advice[];
  /** The control's page; null where policy.yml does not say where the pages are. */
  readonly controlPage: string | null;
}

/** Findings that one actor caused under one control. */
export interface DigestGroup {
  readonly controlId: string;
  readonly severity: Severity;
  readonly outcome: Outcome;
  readonly actor: string | null;
  readonly count: number;
  /** The first of them. */
  readonly resources: readonly DigestResource[];
  /** The control's page; null where policy.yml does not say where the pages are. */
  readonly controlPage: string | null;
}

/** One resource of a digest. */
export interface DigestResource {
  readonly resourceId: string;
  /** Its Name tag; null where it has none, or its tags were not read. */
  readonly name: string | null;
  readonly region: string;
  /** Since when it has been open or, of what is not, when it was decided; ISO 8601. */
  readonly time: string | null;
  readonly annotation: string | null;
  readonly remediationId: string | null;
}

/** One message between Evenkeel and the subscribers of its topic; docs/notification.schema.json is its schema. Names, tags and errors are as AWS gives them: escape what you show. */
export interface Message {
  readonly version: typeof MESSAGE_VERSION;
  /** The same where a message is published again. */
  readonly id: string;
  readonly kind: Kind;
  /** How urgent the message is. */
  readonly severity: Severity;
  /** Whether a person has to do something. */
  readonly actionRequired: boolean;
  /** At most 99 ASCII characters. */
  readonly subject: string;
  /** In a few words. */
  readonly title: string;
  /** The whole message as e-mail shows it. */
  readonly text: string;
  readonly account: { readonly id: string; readonly alias: string | null } | null;
  readonly region: string | null;
  readonly resource: MessageResource | null;
  /** The most severe first; none where the message is about no single resource. */
  readonly findings: readonly MessageFinding[];
  readonly event: { readonly id: string | null; readonly name: string | null } | null;
  readonly who: Who | null;
  /** ISO 8601. */
  readonly times: {
    readonly event: string | null;
    /** When a remediation was verified. */
    readonly verified: string | null;
    /** Seconds from the event to the verification. */
    readonly toRemediate: number | null;
  };
  /** Of a digest, a reminder, and whatever else is about controls and has no findings of its own. */
  readonly groups: readonly DigestGroup[];
  /** Where policy.yml sends it; filter policies find them as the attribute `route`. */
  readonly routes: readonly string[];
  /** What was left out because the message would be too large. */
  readonly leftOut: readonly string[];
}
