import type { CallData } from '../step.ts';
import { visible } from '../text.ts';
import type { Advice, Message, MessageFinding, Who } from './message.ts';

/** The whole plan is in the ledger. */
const MAX_STEPS = 20;
const MAX_CALL_CHARACTERS = 500;
const MAX_ERROR_CHARACTERS = 2000;
/** A command after fewer characters stands in the same line. */
const MAX_LABEL_CHARACTERS = 10;

/** What the text is made of. */
export type Unwritten = Omit<Message, 'text'>;

/** A message about a resource as a person reads it: what happened and where, who caused it, what was done, whether to act and how to go back; then what else the same event led to. */
export function mailOf(message: Unwritten): string {
  const { account, region, resource, findings, event, who, times, actionRequired, severity } = message;
  const [first, ...others] = findings;
  if (first === undefined || resource === null) return '';
  const need = actionRequired ? 'action required' : 'no action required';
  return [
    `${first.headline} [${severity}]: ${need}`,
    first.title,
    '',
    ...rows([
      ['Resource', `${resource.type} ${resource.id}${resource.name === null ? '' : ` (${resource.name})`}`],
      ['Owner', resource.owner],
      ['Account', `${account === null ? '' : accountText(account)}, ${region}`],
      ...findingRows(first),
      [
        message.kind === 'undone' ? 'Undone by' : 'Changed by',
        changedBy(who, message.kind === 'undone' ? null : (event?.name ?? null)),
      ],
      ['Caller', callerOf(who)],
      ['Stack', who?.stack ?? null],
      ['Time', times.event],
      [message.kind === 'undone' ? 'Undone' : 'Remediated', remediatedAt(message)],
    ]),
    ...detailsOf(first),
    ...others.flatMap(alsoOf),
    '',
    visible(resource.consoleUrl),
    ...findings.flatMap(({ controlPage }) => (controlPage === null ? [] : [visible(controlPage)])),
    `${others.length === 0 ? 'Control' : 'Controls'}: ${findings.map(({ controlId }) => controlId).join(', ')}${event?.id == null ? '' : ` · event ${visible(event.id)}`}`,
    ...message.leftOut.map((what) => `Left out: ${what}`),
  ].join('\n');
}

/** What else the event led to, without what is the same. */
const alsoOf = (finding: MessageFinding): readonly string[] => [
  '',
  `Also: ${finding.headline} [${finding.severity}]`,
  finding.title,
  '',
  ...rows(findingRows(finding)),
  ...detailsOf(finding),
];

const detailsOf = (finding: MessageFinding): readonly string[] => {
  const advice = finding.advice.flatMap(adviceLines);
  return [...changesOf(finding), ...stepsOf(finding), ...(advice.length === 0 ? [] : ['', ...advice])];
};

/** The id, and how people call it. */
export const accountText = ({ id, alias }: NonNullable<Message['account']>): string =>
  visible(alias === null ? id : `${id} (${alias})`);

type Row = readonly [string, string | null];

function findingRows({ annotation, before, after, error }: MessageFinding): readonly Row[] {
  const states: readonly Row[] =
    before !== null && after !== null
      ? [
          ['Before', before],
          ['After', after],
        ]
      : [['Finding', annotation]];
  return [...states, ['Error', error === null ? null : shortened(error, MAX_ERROR_CHARACTERS)]];
}

const rows = (pairs: readonly Row[]): readonly string[] =>
  pairs.filter(([, value]) => value !== null).map(([name, value]) => `${`${name}:`.padEnd(12)}${visible(value ?? '')}`);

/** Who, and in brackets with what, from where and by which call. */
function changedBy(who: Who | null, eventName: string | null): string | null {
  if (who === null) return null;
  const via = viaOf(who, eventName);
  return `${principalOf(who)}${via === null ? '' : ` (${via})`}`;
}

/** The role, user or service, and the session. */
export const principalOf = ({ actor, principal, session }: Pick<Who, 'actor' | 'principal' | 'session'>): string =>
  `${principal ?? actor ?? 'unknown'}${session === null ? '' : `, session ${session}`}`;

/** With what, from where and by which call; null where none of it is known. */
export function viaOf({ tool, sourceIp }: Record<'tool' | 'sourceIp', string | null>, eventName: string | null) {
  const via = [tool, sourceIp === null ? null : `from ${sourceIp}`, eventName].filter((part) => part !== null);
  return via.length === 0 ? null : via.join(', ');
}

/** The caller's ARN, where it says more than the name. */
export const callerOf = (who: Pick<Who, 'actor' | 'principal'> | null): string | null =>
  who === null || who.actor === who.principal ? null : who.actor;

/** When it was remediated, and how long after the event. */
export function remediatedAt({ times: { verified, toRemediate } }: Pick<Message, 'times'>): string | null {
  if (verified === null) return null;
  return toRemediate === null ? verified : `${verified}, ${toRemediate} s after the change`;
}

const changesOf = ({ changes }: MessageFinding): readonly string[] =>
  changes.length === 0 ? [] : ['', 'Changed:', ...changes.map((line) => `  ${visible(line)}`)];

function stepsOf({ steps, stepsLeftOut, outcome }: MessageFinding): readonly string[] {
  if (steps.length + stepsLeftOut === 0) return [];
  const shown = steps.slice(0, MAX_STEPS);
  const left = steps.length - shown.length + stepsLeftOut;
  return [
    '',
    stepsTitle(outcome),
    ...shown.map((call) => `  ${callText(call)}`),
    ...(left > 0 ? [`  … and ${left} more`] : []),
  ];
}

/** The title of a list of calls: made, attempted or planned. */
export const stepsTitle = (outcome: string | null): string =>
  outcome === 'remediated' ? 'Steps taken:' : outcome === 'failed' || outcome === 'blocked' ? 'Attempted:' : 'Planned:';

const callText = ({ service, operation, input }: CallData): string =>
  `${service}:${operation} ${shortened(visible(JSON.stringify(input)), MAX_CALL_CHARACTERS)}`;

/** A command stands after a short label, or on a line of its own. */
function adviceLines({ text, command }: Advice): readonly string[] {
  if (command === null) return [visible(text)];
  if (text.length > MAX_LABEL_CHARACTERS) return [`${visible(text)}:`, `  ${visible(command)}`];
  return [`${visible(text)}:  ${visible(command)}`];
}

const shortened = (text: string, limit: number) => (text.length <= limit ? text : `${text.slice(0, limit - 1)}…`);
