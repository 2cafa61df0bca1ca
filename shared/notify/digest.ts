import { SEVERITIES, type Severity } from '../control.ts';
import type { Outcome, Result } from '../result.ts';
import { counted, visible } from '../text.ts';
import type { DigestGroup } from './message.ts';
import type { Announcement } from './notifier.ts';

/** Of each group; the ledger has them all. */
const MAX_RESOURCES = 20;
/** Of a text; the message has them all. */
const MAX_GROUPS = 40;

/** One finding of a digest. */
export interface DigestEntry {
  readonly result: Pick<Result, 'controlId' | 'resourceId' | 'region' | 'outcome' | 'annotation' | 'remediationId'> & {
    readonly severity: Severity | null;
  };
  readonly actor: string | null;
}

/** Findings by control, actor and outcome, the most severe and then the largest group first. */
export function groupsOf(entries: readonly DigestEntry[]): readonly DigestGroup[] {
  const keyOf = ({ result, actor }: DigestEntry) => JSON.stringify([result.controlId, actor, result.outcome]);
  return [...Map.groupBy(entries, keyOf).values()]
    .map(groupOf)
    .sort((a, b) => rank(b) - rank(a) || b.count - a.count || (a.controlId < b.controlId ? -1 : 1));
}

const rank = ({ severity }: Pick<DigestGroup, 'severity'>) => SEVERITIES.indexOf(severity);

function groupOf(entries: readonly DigestEntry[]): DigestGroup {
  const [{ result, actor }] = entries as readonly [DigestEntry, ...DigestEntry[]];
  return {
    controlId: result.controlId ?? '',
    severity: result.severity ?? 'MEDIUM',
    outcome: result.outcome,
    actor,
    count: entries.length,
    resources: entries.slice(0, MAX_RESOURCES).map((one) => ({
      resourceId: one.result.resourceId ?? '',
      region: one.result.region ?? '',
      annotation: one.result.annotation,
      remediationId: one.result.remediationId,
    })),
  };
}

/** Findings that were not published one by one, as one message. */
export const digestAnnouncement = (entries: readonly DigestEntry[]): Announcement =>
  announcementOf(entries, 'digest', (what) => what);

/** What is still open, as one message. */
export const reminderAnnouncement = (entries: readonly DigestEntry[]): Announcement =>
  announcementOf(entries, 'reminder', (what) => `Still open: ${what}`);

function announcementOf(
  entries: readonly DigestEntry[],
  kind: 'digest' | 'reminder',
  subject: (what: string) => string,
): Announcement {
  const groups = groupsOf(entries);
  const controls = new Set(groups.map(({ controlId }) => controlId)).size;
  const regions = [...new Set(entries.map(({ result }) => result.region ?? ''))];
  const where = regions.length === 1 ? (regions[0] ?? '') : counted(regions.length, 'region');
  const left = groups.length - MAX_GROUPS;
  return {
    severity: groups[0]?.severity ?? 'MEDIUM',
    kind,
    subject: subject(`${counted(entries.length, 'finding')} of ${counted(controls, 'control')} in ${where}`),
    region: regions.length === 1 ? (regions[0] ?? null) : null,
    text: [
      ...groups.slice(0, MAX_GROUPS).flatMap(groupLines),
      ...(left > 0 ? [`… and ${counted(left, 'group')} more`, ''] : []),
      'The whole list of what is open:     npx evenkeel findings',
      'What was remediated, and its undo:  npx evenkeel history',
    ].join('\n'),
    groups,
  };
}

const WORDS: Readonly<Record<Outcome, string>> = {
  compliant: 'compliant again',
  notApplicable: 'no longer applicable',
  detected: 'detected',
  exempted: 'exempted',
  awaitingApproval: 'awaiting approval',
  pending: 'pending',
  remediated: 'remediated',
  halted: 'halted',
  blocked: 'blocked',
  failed: 'FAILED',
};

/** In a mail; the message holds more of each group. */
const MAX_LINES = 5;

function groupLines({ controlId, severity, outcome, actor, count, resources }: DigestGroup): readonly string[] {
  const by = actor === null ? '' : `, by ${visible(actor)}`;
  const left = count - Math.min(resources.length, MAX_LINES);
  return [
    `${controlId} [${severity}]: ${count} ${WORDS[outcome]}${by}`,
    ...resources
      .slice(0, MAX_LINES)
      .map((one) => `  ${visible(one.resourceId)} (${one.region})${said(one.annotation)}`),
    ...resources.slice(0, MAX_LINES).flatMap(({ remediationId }) => commandOf(outcome, remediationId)),
    ...(left > 0 ? [`  … and ${left} more`] : []),
    '',
  ];
}

const said = (annotation: string | null) => (annotation === null ? '' : `: ${visible(annotation)}`);

const commandOf = (outcome: Outcome, id: string | null): readonly string[] =>
  id === null
    ? []
    : outcome === 'remediated'
      ? [`    npx evenkeel undo ${id}`]
      : outcome === 'awaitingApproval'
        ? [`    npx evenkeel approve ${id}`]
        : [];
