import type { ComplianceType, Mode, Severity } from '../control.ts';
import type { Outcome } from '../result.ts';
import { adviceFor } from './advice.ts';
import { inWords, type MessageSettings, pageOf, secondsBetween } from './compose.ts';
import type { Advice, Who } from './message.ts';
import type { SingleNotice } from './notifier.ts';
import { nameOf, ownerOf, stackOf } from './tags.ts';
import { whoOf } from './who.ts';

/** Grows when a field changes its meaning or goes; a field that is added leaves it. */
export const OUTCOME_VERSION = 1;

/** How one control ended for one resource, for those who subscribe to each of them: the detail of an event of the bus, and what a finding of Security Hub is made of. docs/event.schema.json is its schema. Names, tags and errors are as AWS gives them: escape what you show. */
export interface OutcomeEvent {
  readonly version: typeof OUTCOME_VERSION;
  /** The same where it is sent again. */
  readonly id: string;
  /** When it was decided, ISO 8601; of one finding, a later outcome has a later time. */
  readonly time: string;
  /** Since when the drift has been known, ISO 8601. */
  readonly firstSeen: string;
  readonly outcome: Outcome;
  /** Whether the drift is still there and no exemption permits it. */
  readonly isOpen: boolean;
  readonly account: { readonly id: string; readonly alias: string | null };
  readonly region: string;
  readonly resource: OutcomeResource;
  readonly control: OutcomeControl;
  readonly mode: Mode | null;
  /** What was found, in a sentence. */
  readonly annotation: string | null;
  /** Null: it could not be read. */
  readonly before: ComplianceType | null;
  readonly after: ComplianceType | null;
  /** The first differences that a remediation made. */
  readonly changes: readonly string[];
  readonly error: string | null;
  /** It failed, and is being retried. */
  readonly isRetrying: boolean;
  readonly remediationId: string | null;
  /** Whether every step that was made can be undone. */
  readonly reversible: boolean;
  /** The calls that were made, attempted or planned, without what they say; `history` has that. */
  readonly steps: readonly { readonly service: string; readonly operation: string }[];
  readonly stepsLeftOut: number;
  readonly advice: readonly Advice[];
  readonly event: { readonly id: string | null; readonly name: string | null };
  readonly who: Who | null;
  /** As in a notification. */
  readonly times: {
    readonly event: string | null;
    readonly verified: string | null;
    readonly toRemediate: number | null;
  };
}

/** What an outcome is about. */
export interface OutcomeResource {
  readonly type: string | null;
  readonly id: string;
  /** The id where it has none. */
  readonly arn: string;
  readonly name: string | null;
  readonly owner: string | null;
  /** Those of its tags by which people know it, where they were read. */
  readonly tags: Readonly<Record<string, string>>;
  readonly consoleUrl: string;
}

/** By which control. */
export interface OutcomeControl {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  readonly rationale: string;
  readonly guidance: string;
  /** Null where policy.yml does not say where the pages are. */
  readonly page: string | null;
  readonly relatedRequirements: readonly string[];
}

/** What an outcome says beside its notice. */
export interface OutcomeDetails {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly firstSeen: string;
  readonly arn: string;
  readonly relatedRequirements?: readonly string[];
}

/** Outcomes after which nothing is left to do. */
export const CLOSED: readonly Outcome[] = ['compliant', 'notApplicable', 'exempted', 'remediated'];

/** So much of each text: all together stay below what a queue and a bus take, however they are escaped. */
const MAX = { text: 1_000, name: 500, advice: 800, line: 200, arn: 2_048, tag: 256 };
const MAX_CHANGES = 10;
const MAX_STEPS = 50;
const MAX_ADVICE = 5;
const MAX_TAGS = 5;
const MAX_REQUIREMENTS = 32;

/** A notice as the outcome that it is about. */
export function outcomeEvent(
  notice: SingleNotice,
  { time, firstSeen, arn, relatedRequirements = [] }: OutcomeDetails,
  settings: MessageSettings,
): OutcomeEvent {
  const { result, eventTime, verified = null, changes = [] } = notice;
  const { outcome, accountId, region, mode, annotation, before, after, error, remediationId, steps } = result;
  return {
    version: OUTCOME_VERSION,
    id: notice.id ?? '',
    time: new Date(time).toISOString(),
    firstSeen,
    outcome,
    isOpen: !CLOSED.includes(outcome),
    account: { id: accountId ?? '', alias: settings.accountAlias },
    region: region ?? '',
    resource: resourceOf(notice, arn),
    control: controlOf(notice, relatedRequirements, settings),
    mode,
    annotation: cutOrNull(inWords(annotation), MAX.text),
    before,
    after,
    changes: changes.slice(0, MAX_CHANGES).map((line) => cut(line, MAX.line)),
    error: cutOrNull(inWords(error), MAX.text),
    isRetrying: notice.isRetrying === true,
    remediationId,
    reversible: notice.reversible,
    steps: steps.slice(0, MAX_STEPS).map(({ service, operation }) => ({ service, operation })),
    stepsLeftOut: Math.max(steps.length - MAX_STEPS, 0),
    advice: adviceFor(notice).slice(0, MAX_ADVICE).map(shortAdvice),
    event: { id: cutOrNull(result.eventId, MAX.name), name: cutOrNull(result.eventName, MAX.name) },
    who: whoIs(notice),
    times: { event: eventTime, verified, toRemediate: secondsBetween(eventTime, verified) },
  };
}

function resourceOf({ result, consoleUrl, tags = {} }: SingleNotice, arn: string): OutcomeResource {
  const kept = Object.entries(tags).map(([key, value]) => [cut(key, MAX.tag), cut(value, MAX.tag)]);
  return {
    type: result.resourceType,
    id: cut(result.resourceId ?? '', MAX.arn),
    arn: cut(arn, MAX.arn),
    name: cutOrNull(nameOf(tags), MAX.tag),
    owner: cutOrNull(ownerOf(tags), MAX.tag),
    tags: Object.fromEntries(kept.slice(0, MAX_TAGS)),
    consoleUrl: cut(consoleUrl, MAX.arn),
  };
}

function controlOf(
  { control }: SingleNotice,
  relatedRequirements: readonly string[],
  settings: MessageSettings,
): OutcomeControl {
  const { id, title, severity, rationale, guidance } = control;
  return {
    id,
    title: cut(title, MAX.name),
    severity,
    rationale: cut(rationale, MAX.text),
    guidance: cut(guidance, MAX.text),
    page: cutOrNull(pageOf(id, settings), MAX.text),
    relatedRequirements: relatedRequirements.slice(0, MAX_REQUIREMENTS).map((one) => cut(one, MAX.line)),
  };
}

/** A command that is cut is another command. */
const shortAdvice = ({ text, action, command }: Advice): Advice =>
  (command ?? '').length > MAX.text
    ? { text: cut(text, MAX.advice), action: null, command: null }
    : { text: cut(text, MAX.advice), action, command };

function whoIs({ attribution, tags }: SingleNotice): Who | null {
  const who = whoOf(attribution, stackOf(tags));
  if (who === null) return null;
  const short = Object.entries(who).map(([name, value]) => [name, cutOrNull(value, MAX.name)]);
  return Object.fromEntries(short) as unknown as Who;
}

const cut = (text: string, most: number): string =>
  text.length <= most ? text.toWellFormed() : `${text.slice(0, most - 1).toWellFormed()}…`;
const cutOrNull = (text: string | null, most: number): string | null => (text === null ? null : cut(text, most));
