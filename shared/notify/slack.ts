import { parseArn } from '../aws/arn.ts';
import { consoleUrl } from '../aws/console-url.ts';
import { type JsonObject, objectOrNull, stringOrNull } from '../event.ts';
import { visible } from '../text.ts';
import { callerOf, principalOf, remediatedAt, stepsTitle, viaOf } from './mail.ts';
import * as block from './slack-blocks.ts';
import { ACTION, buttonValue, VERBS, type Verb } from './slack-press.ts';
import { commandIn, headOf, pagesOf, type TopicMessage } from './topic-message.ts';

/** The body of a request to an incoming webhook. */
export interface SlackMessage {
  /** Shown in Slack's own notifications, and posted alone where Slack refuses the blocks. */
  readonly text: string;
  readonly blocks: readonly block.SlackBlock[];
}

/** Formats any message of the topic for Slack: one about a resource, an announcement, a CloudWatch alarm; anything else is shown unformatted. Never throws. */
export function slackMessage({ subject, message }: TopicMessage, { buttons = false } = {}): SlackMessage {
  const data = parsed(message);
  const object = objectOrNull(data);
  if (object !== null) {
    const [first, ...others] = objectsIn(object.findings);
    if (first !== undefined) return ofFindings(object, first, others, buttons);
    if (stringOrNull(object.AlarmName) !== null) return ofAlarm(object);
    const [title, text] = [stringOrNull(object.subject), stringOrNull(object.text)];
    if (title !== null && text !== null) return ofAnnouncement(object, title, text);
  }
  const title = subject?.trim() || 'Message from Evenkeel';
  if (typeof data !== 'object' || data === null) return whole(title, message, block.sections(message, 5));
  return whole(title, message, [block.codeBlock('Raw message', JSON.stringify(data, null, 2))]);
}

/** The subject of a message of the topic, for logs. */
export const subjectOf = ({ subject, message }: TopicMessage): string => {
  const object = objectOrNull(parsed(message));
  return stringOrNull(object?.subject) ?? stringOrNull(object?.AlarmName) ?? subject ?? '';
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const whole = (title: string, text: string, blocks: readonly block.SlackBlock[]): SlackMessage => ({
  text: block.escaped(`${title}\n\n${text}`),
  blocks: [block.header(title), ...blocks],
});

const present = <T>(...values: readonly (T | null)[]): readonly T[] => values.filter((value) => value !== null);

/** A named value in a column; nothing where there is no value. */
function field(name: string, ...values: readonly (string | null)[]): string | null {
  const known = present(...values);
  return known.length === 0 ? null : block.named(name, known.map((value) => block.code(value)).join('\n'));
}

const columns = (...values: readonly (string | null)[]) => {
  const known = present(...values);
  return known.length === 0 ? null : block.fields(known);
};

const sentence = (name: string, text: string | null) =>
  text === null ? null : block.plainSection(`${name}: ${visible(text)}`);

/** A message of ours that is about no single resource; the pages that its text names are links here. */
function ofAnnouncement(message: JsonObject, subject: string, text: string): SlackMessage {
  const { title, about } = headOf(message);
  const pages = pagesOf(message);
  const lines = text.split('\n').filter((line) => !pages.some(([page]) => page === line));
  return {
    text: block.escaped(`${subject}\n\n${text}`),
    blocks: present(
      block.header(title),
      about === '' ? null : block.context(about),
      ...textBlocks(lines.join('\n')),
      ...pages.map(([page, label]) => block.link(page, label)),
    ),
  };
}

/** More parts would be more blocks than Slack takes. */
const MAX_PARTS = 10;

/** A text of ours; its commands are formatted as code, to be copied unchanged. */
function textBlocks(text: string): readonly block.SlackBlock[] {
  const parts: { readonly isCommand: boolean; readonly lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const isCommand = commandIn(line) !== null;
    const last = parts.at(-1);
    if (last?.isCommand === isCommand) last.lines.push(line);
    else parts.push({ isCommand, lines: [line] });
  }
  if (parts.length === 1 || parts.length > MAX_PARTS) return block.sections(text, 5);
  return parts.flatMap(({ isCommand, lines }) => {
    if (isCommand) return [block.lines(lines.map(commandLine))];
    const rest = lines.join('\n').replace(/^\n+|\n+$/g, '');
    return rest === '' ? [] : block.sections(rest, 4);
  });
}

function commandLine(line: string): string {
  const { label, command } = commandIn(line) ?? { label: '', command: line };
  return `${label === '' ? '' : `${block.escaped(label, 100)} `}${block.code(command, 1000)}`;
}

/** The same in few words first: what, how urgent, where, what to do. Slack folds what is long. */
function ofFindings(
  message: JsonObject,
  first: JsonObject,
  others: readonly JsonObject[],
  withButtons: boolean,
): SlackMessage {
  const [resource, account, event] = [message.resource, message.account, message.event].map(objectOrNull);
  const id = stringOrNull(resource?.id);
  const eventId = stringOrNull(event?.id);
  const url = stringOrNull(resource?.consoleUrl);
  const isUndone = message.kind === 'undone';
  const head = headOf(message);
  const about = present(stringOrNull(first.controlId), eventId === null ? null : `event ${eventId}`).join(' · ');
  return {
    text: block.escaped(`${stringOrNull(message.subject) ?? head.title}\n\n${stringOrNull(message.text) ?? ''}`),
    blocks: present(
      block.header(head.title),
      block.context(head.about),
      sentence('Requirement', stringOrNull(first.title)),
      ...sentences(first),
      advice(first.advice),
      withButtons ? buttonsOf(first, id ?? '') : null,
      columns(
        field('Resource', id, stringOrNull(resource?.name), stringOrNull(resource?.type)),
        field('Owner', stringOrNull(resource?.owner)),
        field(
          isUndone ? 'Undone by' : 'Changed by',
          ...byWhom(objectOrNull(message.who), isUndone ? null : stringOrNull(event?.name)),
        ),
        field('Account and region', stringOrNull(account?.id), stringOrNull(message.region)),
        field('Time', ...timesOf(message)),
      ),
      ...details(first),
      ...othersOf(others, withButtons ? (id ?? '') : null),
      url === null ? null : block.link(url, 'Open in the AWS console'),
      ...pagesOf(message).map(([page, label]) => block.link(page, label)),
      about === '' ? null : block.context(about),
    ),
  };
}

const objectsIn = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.map(objectOrNull).filter((one) => one !== null) : [];

/** What was found, or how it was and is. */
function sentences(finding: JsonObject): readonly (block.SlackBlock | null)[] {
  const [before, after] = [stringOrNull(finding.before), stringOrNull(finding.after)];
  const states =
    before === null || after === null
      ? [sentence('Finding', stringOrNull(finding.annotation))]
      : [sentence('Before', before), sentence('After', after)];
  return [...states, sentence('Error', stringOrNull(finding.error))];
}

function details(finding: JsonObject): readonly (block.SlackBlock | null)[] {
  const changes = Array.isArray(finding.changes) ? finding.changes.map(stringOrNull).filter((one) => one !== null) : [];
  return [changes.length === 0 ? null : block.codeBlock('Changed:', changes.join('\n')), steps(finding)];
}

/** Slack takes 50 blocks; the mail has them all. */
const MAX_OTHERS = 4;

/** What else the same event led to on the resource. */
function othersOf(findings: readonly JsonObject[], buttonsFor: string | null): readonly (block.SlackBlock | null)[] {
  const left = findings.length - MAX_OTHERS;
  return [
    ...findings.slice(0, MAX_OTHERS).flatMap((one) => {
      const [headline, severity] = [stringOrNull(one.headline) ?? '', stringOrNull(one.severity) ?? ''];
      return [
        block.plainSection(visible(`Also: ${headline} [${severity}] ${stringOrNull(one.title) ?? ''}`)),
        columns(field('Control', stringOrNull(one.controlId))),
        ...sentences(one),
        advice(one.advice),
        buttonsFor === null ? null : buttonsOf(one, buttonsFor),
        ...details(one),
      ];
    }),
    left > 0 ? block.plainSection(`… and ${left} more`) : null,
  ];
}

const LABELS: Readonly<Record<Verb, string>> = { approve: 'Approve', reject: 'Reject', undo: 'Undo' };
const STYLES: Readonly<Partial<Record<Verb, 'primary' | 'danger'>>> = { approve: 'primary', undo: 'danger' };

/** A button for each command of a finding that approves, rejects or undoes. */
function buttonsOf(finding: JsonObject, resourceId: string): block.SlackBlock | null {
  const [controlId, remediationId] = [finding.controlId, finding.remediationId].map(stringOrNull);
  const value = buttonValue(controlId ?? '', remediationId ?? '');
  if (value === null) return null;
  const asked = objectsIn(finding.advice).map(({ action }) => action);
  const question = `${controlId} on ${visible(resourceId)} (${remediationId})`;
  return block.buttons(
    VERBS.filter((verb) => asked.includes(verb)).map((verb) =>
      block.button(`${ACTION}${verb}`, LABELS[verb], value, question, STYLES[verb]),
    ),
  );
}

function byWhom(who: JsonObject | null, eventName: string | null): readonly (string | null)[] {
  if (who === null) return [];
  const text = (name: string) => stringOrNull(who[name]);
  const caller = { actor: text('actor'), principal: text('principal'), session: text('session') };
  const via = viaOf({ tool: text('tool'), sourceIp: text('sourceIp') }, eventName);
  const stack = text('stack');
  return [principalOf(caller), via, callerOf(caller), stack === null ? null : `stack ${stack}`];
}

function timesOf({ times: given, kind }: JsonObject): readonly (string | null)[] {
  const times = objectOrNull(given);
  const [event, verified] = [stringOrNull(times?.event), stringOrNull(times?.verified)];
  const toRemediate = typeof times?.toRemediate === 'number' ? times.toRemediate : null;
  const remediated = remediatedAt({ times: { event, verified, toRemediate } });
  return [event, remediated === null ? null : `${kind === 'undone' ? 'undone' : 'remediated'} ${remediated}`];
}

function steps({ steps: planned, stepsLeftOut, outcome }: JsonObject): block.SlackBlock | null {
  const calls = objectsIn(planned);
  if (calls.length === 0) return null;
  const left = typeof stepsLeftOut === 'number' && stepsLeftOut > 0 ? [`… and ${stepsLeftOut} more`] : [];
  const texts = calls.map((call) => {
    const [service, operation] = [stringOrNull(call.service), stringOrNull(call.operation)];
    return `${service ?? '?'}:${operation ?? '?'} ${JSON.stringify(call.input ?? {})}`;
  });
  return block.codeBlock(stepsTitle(stringOrNull(outcome)), [...texts, ...left].join('\n'));
}

/** What the reader can do now; commands are formatted as code, to be copied unchanged. */
function advice(value: unknown): block.SlackBlock | null {
  const lines = objectsIn(value).flatMap(({ text, command }) => {
    const [said, run] = [stringOrNull(text), stringOrNull(command)];
    if (run === null) return said === null ? [] : [block.escaped(visible(said), 1000)];
    return [`${said === null ? '' : `${block.escaped(visible(said), 300)}: `}${block.code(run, 1000)}`];
  });
  return lines.length === 0 ? null : block.lines(lines);
}

function ofAlarm(alarm: JsonObject): SlackMessage {
  const name = stringOrNull(alarm.AlarmName) ?? '';
  const state = stringOrNull(alarm.NewStateValue) ?? 'CHANGED';
  const description = stringOrNull(alarm.AlarmDescription);
  const reason = stringOrNull(alarm.NewStateReason);
  // The alarm's Region is a display name, "EU (Ireland)"; its ARN has the code.
  const region = parseArn(stringOrNull(alarm.AlarmArn))?.region;
  return whole(
    `${state}: ${name}`,
    present(description, reason).join('\n'),
    present(
      description === null ? null : block.plainSection(description),
      columns(
        field('State', state, before(alarm)),
        field('Account and region', stringOrNull(alarm.AWSAccountId), region || stringOrNull(alarm.Region)),
        field('Time', stringOrNull(alarm.StateChangeTime)),
      ),
      sentence('Reason', reason),
      region
        ? block.link(
            consoleUrl(region, `cloudwatch/home#alarmsV2:alarm/${encodeURIComponent(name.toWellFormed())}`),
            'Open the alarm',
          )
        : null,
    ),
  );
}

function before({ OldStateValue }: JsonObject): string | null {
  const state = stringOrNull(OldStateValue);
  return state === null ? null : `before: ${state}`;
}
