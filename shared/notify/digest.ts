import { SEVERITIES, type Severity } from '../control.ts';
import type { Outcome, Result } from '../result.ts';
import { counted, shellQuoted, visible } from '../text.ts';
import { inWords } from './compose.ts';
import type { DigestResource } from './message.ts';
import type { AnnouncedGroup, Announcement } from './notifier.ts';
import { CLOSED } from './outcome.ts';

/** Of each group; the ledger has them all. */
const MAX_RESOURCES = 20;
/** Of a text; the message has them all. */
const MAX_GROUPS = 40;
/** Maximum controls that a command names; with more it lists all. */
const MAX_CONTROLS = 5;

/** One finding of a digest. */
export interface DigestEntry {
  readonly result: Pick<Result, 'controlId' | 'resourceId' | 'region' | 'outcome' | 'annotation' | 'remediationId'> & {
    readonly severity: Severity | null;
  };
  readonly actor: string | null;
  /** Its Name tag, where it was read. */
  readonly name?: string | null;
  /** Since when it is open or, of what is not, when it was decided; ISO 8601. */
  readonly time?: string | null;
}

/** Findings by control, actor and outcome, the most severe and then the largest group first. */
export function groupsOf(entries: readonly DigestEntry[]): readonly AnnouncedGroup[] {
  const keyOf = ({ result, actor }: DigestEntry) => JSON.stringify([result.controlId, actor, result.outcome]);
  return [...Map.groupBy(entries, keyOf).values()]
    .map(groupOf)
    .sort((a, b) => rank(b) - rank(a) || b.count - a.count || (a.controlId < b.controlId ? -1 : 1));
}

const rank = ({ severity }: Pick<AnnouncedGroup, 'severity'>) => SEVERITIES.indexOf(severity);

function groupOf(entries: readonly DigestEntry[]): AnnouncedGroup {
  const [{ result, actor }] = entries as readonly [DigestEntry, ...DigestEntry[]];
  return {
    controlId: result.controlId ?? '',
    severity: result.severity ?? 'MEDIUM',
    outcome: result.outcome,
    actor,
    count: entries.length,
    resources: entries.slice(0, MAX_RESOURCES).map(resourceOf),
  };
}

const resourceOf = ({ result, name = null, time = null }: DigestEntry): DigestResource => ({
  resourceId: result.resourceId ?? '',
  name,
  region: result.region ?? '',
  time,
  annotation: inWords(result.annotation),
  remediationId: result.remediationId,
});

/** Findings that were not published one by one, as one message. */
export const digestAnnouncement = (entries: readonly DigestEntry[]): Announcement =>
  announcementOf(entries, 'digest', (what) => what, wholeList(entries));

/** What is still open, as one message. */
export const reminderAnnouncement = (entries: readonly DigestEntry[]): Announcement =>
  announcementOf(entries, 'reminder', (what) => `Still open: ${what}`, [
    'All that is open:',
    '  npx evenkeel findings',
  ]);

/** The commands that list all that a digest is about, not only the first of each group: what is open, and what was done. */
function wholeList(entries: readonly DigestEntry[]): readonly string[] {
  const open = entries.filter(({ result }) => isOpen(result));
  const over = entries.filter(({ result }) => !isOpen(result));
  const controls = controlsOf(open);
  const named = controls.length > MAX_CONTROLS ? [] : controls;
  const [control, ...others] = controlsOf(over);
  return [
    ...listing('findings', 'The whole list of what is open:', open, [
      ...named.flatMap(controlFlag),
      ...regionFlag(open),
    ]),
    ...listing('history', 'What was remediated, and its undo:', over, others.length > 0 ? [] : controlFlag(control)),
  ];
}

const isOpen = ({ outcome }: Pick<Result, 'outcome'>): boolean => !CLOSED.includes(outcome);
const controlsOf = (entries: readonly DigestEntry[]): readonly string[] => [
  ...new Set(entries.flatMap(({ result }) => result.controlId ?? [])),
];
const controlFlag = (id = ''): readonly string[] => (id === '' ? [] : ['--control', shellQuoted(id)]);

function regionFlag(entries: readonly DigestEntry[]): readonly string[] {
  const [region, ...others] = new Set(entries.map(({ result }) => result.region ?? ''));
  return region === undefined || region === '' || others.length > 0 ? [] : ['--region', shellQuoted(region)];
}

function listing(command: string, label: string, entries: readonly DigestEntry[], flags: readonly string[]) {
  if (entries.length === 0) return [];
  const first = entries.flatMap(({ time }) => time ?? []).sort()[0];
  const since = first === undefined ? [] : ['--since', shellQuoted(first)];
  return [label, `  ${['npx evenkeel', command, ...flags, ...since].join(' ')}`];
}

function announcementOf(
  entries: readonly DigestEntry[],
  kind: 'digest' | 'reminder',
  subject: (what: string) => string,
  commands: readonly string[],
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
      ...commands,
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

function groupLines({ controlId, severity, outcome, actor, count, resources }: AnnouncedGroup): readonly string[] {
  const by = actor === null ? '' : `, by ${visible(actor)}`;
  const left = count - Math.min(resources.length, MAX_LINES);
  return [
    `${controlId} [${severity}]: ${count} ${WORDS[outcome]}${by}`,
    ...resources.slice(0, MAX_LINES).flatMap((one) => [lineOf(one, outcome), ...commandOf(outcome, one.remediationId)]),
    ...(left > 0 ? [`  … and ${left} more`] : []),
    '',
  ];
}

function lineOf({ resourceId, name, region, time, annotation }: DigestResource, outcome: Outcome): string {
  const minute = time === null ? null : `${time.slice(0, 16)}Z`;
  const when = minute !== null && isOpen({ outcome }) ? `since ${minute}` : minute;
  const about = [name, region, when].filter((part) => part !== null).join(', ');
  return `  ${visible(resourceId)} (${visible(about)})${annotation === null ? '' : `: ${visible(annotation)}`}`;
}

const commandOf = (outcome: Outcome, id: string | null): readonly string[] =>
  id === null
    ? []
    : outcome === 'remediated'
      ? [`    npx evenkeel undo ${id}`]
      : outcome === 'awaitingApproval'
        ? [`    npx evenkeel approve ${id}`]
        : [];
