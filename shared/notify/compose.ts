import { randomUUID } from 'node:crypto';
import { SEVERITIES, type Severity } from '../control.ts';
import type { Outcome } from '../result.ts';
import type { CallData } from '../step.ts';
import { visible, visibleLines, withoutErrorNames } from '../text.ts';
import { SECOND_MS } from '../time.ts';
import { adviceFor } from './advice.ts';
import { accountText, mailOf, type Unwritten } from './mail.ts';
import { type DigestGroup, type Kind, MESSAGE_VERSION, type Message, type MessageFinding } from './message.ts';
import type { Announcement, Notice, SingleNotice } from './notifier.ts';
import { asciiSubject, subjectOf } from './subject.ts';
import { nameOf, ownerOf, stackOf } from './tags.ts';
import { whoOf } from './who.ts';

/** What policy.yml says of every message. */
export interface MessageSettings {
  /** How people call the account. */
  readonly accountAlias: string | null;
  /** Where the pages of the controls are. */
  readonly controlPages: string | null;
  readonly routes: readonly Route[];
}

/** A name under which subscribers find messages. */
export interface Route {
  readonly name: string;
  readonly minimumSeverity: Severity;
  /** Null: the message is about no control, or no region. */
  fits(controlId: string | null, region: string | null): boolean;
}

export const NO_SETTINGS: MessageSettings = { accountAlias: null, controlPages: null, routes: [] };

const HEADLINES: Readonly<Record<Outcome, string>> = {
  // Notified only of what people know as an open problem.
  compliant: 'Compliant again',
  notApplicable: 'No longer applicable',
  detected: 'Drift detected',
  exempted: 'Drift exempted',
  awaitingApproval: 'Approval required',
  // A recheck says how it ended: only that is notified.
  pending: 'Remediation pending',
  remediated: 'Remediated',
  halted: 'Remediation halted',
  blocked: 'Remediation blocked',
  failed: 'Remediation FAILED',
};

/** A notice as a message: of all that one event led to on a resource. */
export function noticeMessage({ others = [], ...notice }: Notice, settings: MessageSettings = NO_SETTINGS): Message {
  const { result, attribution, consoleUrl, eventTime, verified = null } = notice;
  const all = [notice, ...others];
  const who = whoOf(attribution, stackOf(notice.tags));
  const name = nameOf(notice.tags);
  const kind = kindOf(notice);
  const severity = kind === 'undone' ? 'INFORMATIONAL' : notice.control.severity;
  const headline = headlineOf(notice);
  const which = others.length === 0 ? notice.control.id : `${notice.control.id} and ${others.length} more`;
  const { region, accountId, eventId, eventName } = result;
  const resourceId = result.resourceId ?? '';
  return written({
    version: MESSAGE_VERSION,
    id: notice.id ?? randomUUID(),
    kind,
    severity,
    actionRequired: all.some(requiresAction),
    subject: subjectOf({ severity, headline, resourceId, name, region, who, which }),
    title: headline,
    account: accountId === null ? null : { id: accountId, alias: settings.accountAlias },
    region,
    resource: { type: result.resourceType, id: resourceId, name, owner: ownerOf(notice.tags), consoleUrl },
    findings: all.map((one) => findingOf(one, settings)),
    event: eventId === null && eventName === null ? null : { id: eventId, name: eventName },
    who,
    times: { event: eventTime, verified, toRemediate: kind === 'undone' ? null : secondsBetween(eventTime, verified) },
    groups: [],
    routes: routesOf(
      settings,
      severity,
      all.map((one) => one.control.id),
      region,
    ),
    leftOut: [],
  });
}

const written = (message: Unwritten): Message => ({ ...message, text: mailOf(message) });

/** An announcement as a message. `accountId`: whose topic it is published to, since a channel may hear of several accounts; null where that is not known. */
export function announcementMessage(
  { severity, subject, title = subject, text, kind = 'attention', region = null, groups = [] }: Announcement,
  settings: MessageSettings = NO_SETTINGS,
  accountId: string | null = null,
): Message {
  const account = accountId === null ? null : { id: accountId, alias: settings.accountAlias };
  const about = groups.map((group): DigestGroup => ({ ...group, controlPage: pageOf(group.controlId, settings) }));
  return {
    version: MESSAGE_VERSION,
    id: randomUUID(),
    kind,
    severity,
    actionRequired: kind === 'digest' ? about.some(({ outcome }) => OPEN.includes(outcome)) : kind !== 'recovered',
    subject: asciiSubject(`[${severity}] ${subject}`),
    title,
    text: announcedText(text, account, about),
    account,
    region,
    resource: null,
    findings: [],
    event: null,
    who: null,
    times: { event: null, verified: null, toRemediate: null },
    groups: about,
    routes: routesOf(
      settings,
      severity,
      groups.map(({ controlId }) => controlId),
      region,
    ),
    leftOut: [],
  };
}

/** Maximum pages that a mail lists; the message has them all. */
const MAX_PAGES = 5;

function announcedText(text: string, account: Message['account'], groups: readonly DigestGroup[]): string {
  const pages = new Set(groups.flatMap(({ controlPage }) => controlPage ?? []));
  const about = [
    ...(account === null ? [] : [`Account: ${accountText(account)}`]),
    ...[...pages].slice(0, MAX_PAGES).map(visible),
  ];
  return [visibleLines(withoutErrorNames(text)), ...(about.length === 0 ? [] : ['', ...about])].join('\n');
}

/** A control's page, where policy.yml says where they are. */
export const pageOf = (controlId: string, { controlPages }: MessageSettings): string | null =>
  controlPages === null ? null : `${controlPages.replace(/\/$/, '')}/${controlId}`;

/** The routes that one of the controls, or a message about none, goes. */
function routesOf({ routes }: MessageSettings, severity: Severity, controls: readonly string[], region: string | null) {
  const about = controls.length === 0 ? [null] : controls;
  const isSevere = ({ minimumSeverity }: Route) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(minimumSeverity);
  return routes
    .filter((route) => isSevere(route) && about.some((controlId) => route.fits(controlId, region)))
    .map(({ name }) => name);
}

/** What a person undid is exempt, and nothing to be alarmed by. */
const isUndo = ({ undo }: SingleNotice): boolean => undo !== undefined;

function kindOf(notice: SingleNotice): Kind {
  const { outcome } = notice.result;
  if (isUndo(notice)) return 'undone';
  if (outcome === 'compliant' || outcome === 'notApplicable') return 'resolved';
  return outcome === 'pending' ? 'detected' : outcome;
}

/** What a notice is about, in a few words; `failed` only where a remediation was attempted. */
function headlineOf(notice: SingleNotice): string {
  const { outcome, before, remediationId } = notice.result;
  const isUnread = before === null && (outcome === 'failed' || outcome === 'blocked');
  if (notice.isRetrying === true) return 'Open, being retried';
  if (isUnread) return outcome === 'failed' ? 'Not evaluated' : 'Cannot be read';
  if (isUndo(notice)) return 'Undone';
  return outcome === 'failed' && remediationId === null ? 'Not remediated' : HEADLINES[outcome];
}

const OPEN: readonly Outcome[] = ['detected', 'awaitingApproval', 'halted', 'blocked', 'failed'];
const requiresAction = ({ result, isRetrying }: SingleNotice) => OPEN.includes(result.outcome) && isRetrying !== true;

function findingOf(notice: SingleNotice, settings: MessageSettings): MessageFinding {
  const { result, control, reversible, isRetrying = false, changes = [] } = notice;
  const { outcome, remediationId, mode } = result;
  const [annotation, error] = [inWords(result.annotation), inWords(result.error)];
  return {
    controlId: control.id,
    severity: control.severity,
    title: control.title,
    headline: headlineOf(notice),
    outcome,
    mode,
    annotation,
    ...statesOf(notice, annotation),
    changes,
    error,
    isRetrying,
    remediationId,
    reversible,
    steps: result.steps.map(withoutDocuments),
    stepsLeftOut: 0,
    advice: adviceFor(notice),
    controlPage: pageOf(control.id, settings),
  };
}

/** The state before and after, where both are known: of a remediation, and of a finding that is over. */
function statesOf({ result, after, was }: SingleNotice, annotation: string | null) {
  if (result.outcome === 'remediated') return { before: annotation, after: after ?? null };
  const isOver = result.outcome === 'compliant' || result.outcome === 'notApplicable';
  return isOver && was !== undefined
    ? { before: withoutErrorNames(was), after: annotation }
    : { before: null, after: null };
}

/** For people; the ledger has it as the program says it. */
export const inWords = (text: string | null): string | null => (text === null ? null : withoutErrorNames(text));

/** Null where one of them is not known, or they are the wrong way round. */
export function secondsBetween(from: string | null, to: string | null): number | null {
  const seconds = (Date.parse(to ?? '') - Date.parse(from ?? '')) / SECOND_MS;
  return Number.isNaN(seconds) || seconds < 0 ? null : Math.round(seconds);
}

/** A call as notifications show it, without documents (policies): every subscriber of the topic reads it. `history` has them. */
const withoutDocuments = (call: CallData): CallData => ({
  ...call,
  input: JSON.parse(
    JSON.stringify(call.input, (_, value) =>
      typeof value === 'string' && DOCUMENT.test(value) ? `[document, ${Buffer.byteLength(value)} bytes]` : value,
    ),
  ),
});

const DOCUMENT = /^\s*[{[]/;
