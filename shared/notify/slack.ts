import { parseArn } from '../aws/arn.ts';
import { consoleUrl } from '../aws/console-url.ts';
import { type JsonObject, objectOrNull, stringOrNull } from '../event.ts';
import { visible } from '../text.ts';
import { remediatedAt, stepsTitle } from './mail.ts';
import * as block from './slack-blocks.ts';
import { ACTION, buttonValue, VERBS, type Verb } from './slack-press.ts';

/** The body of a request to an incoming webhook. */
export interface SlackMessage {
  /** Shown in Slack's own notifications, and posted alone where Slack refuses the blocks. */
  readonly text: string;
  readonly blocks: readonly block.SlackBlock[];
}

/** A message of the topic as a subscriber receives it. */
export interface TopicMessage {
  readonly subject: string | null;
  readonly message: string;
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
    if (title !== null && text !== null) return whole(title, text, block.sections(text, 5));
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

/** Shown before a title: colours alone do not tell. */
const MARKS: Readonly<Record<string, string>> = {
  CRITICAL: '\u{1f534}',
  HIGH: '\u{1f7e0}',
  MEDIUM: '\u{1f7e1}',
  LOW: '\u{1f535}',
  INFORMATIONAL: '\u26aa',
};

/** The same in few words first: what, how urgent, where, what to do. Slack folds what is long. */
function ofFindings(
  message: JsonObject,
  first: JsonObject,
  others: readonly JsonObject[],
  withButtons: boolean,
): SlackMessage {
  const [resource, account, event] = [message.resource, message.account, message.event].map(objectOrNull);
  const id = stringOrNull(resource?.id);
  const name = stringOrNull(resource?.name);
  const severity = stringOrNull(message.severity);
  const eventId = stringOrNull(event?.id);
  const url = stringOrNull(resource?.consoleUrl);
  const need = message.actionRequired === true ? 'action required' : 'no action required';
  const title = `${stringOrNull(message.title) ?? 'Notification'}: ${name ?? id ?? ''}`;
  const about = present(stringOrNull(first.controlId), eventId === null ? null : `event ${eventId}`).join(' · ');
  return {
    text: block.escaped(`${stringOrNull(message.subject) ?? title}\n\n${stringOrNull(message.text) ?? ''}`),
    blocks: present(
      block.header(`${MARKS[severity ?? ''] ?? ''} ${title}`),
      block.context(
        [severity, need, stringOrNull(message.region), stringOrNull(account?.alias)].filter(Boolean).join(' · '),
      ),
      sentence('Requirement', stringOrNull(first.title)),
      ...told(first),
      columns(
        field('Resource', id, name, stringOrNull(resource?.type)),
        field(
          'Account and region',
          stringOrNull(account?.id),
          stringOrNull(account?.alias),
          stringOrNull(message.region),
        ),
        field('Control', stringOrNull(first.controlId), stringOrNull(first.severity)),
        field('Owner', stringOrNull(resource?.owner)),
        field('Changed by', ...byWhom(objectOrNull(message.who), stringOrNull(event?.name))),
        field('Time', ...timesOf(objectOrNull(message.times))),
      ),
      advice(first.advice),
      withButtons ? buttonsOf(first, id ?? '') : null,
      ...details(first),
      ...othersOf(others, withButtons ? (id ?? '') : null),
      url === null ? null : block.link(url, 'Open in the AWS console'),
      pageOf(first),
      about === '' ? null : block.context(about),
    ),
  };
}

const objectsIn = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.map(objectOrNull).filter((one) => one !== null) : [];

/** What was found, or how it was and is. */
function told(finding: JsonObject): readonly (block.SlackBlock | null)[] {
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

function pageOf({ controlPage }: JsonObject): block.SlackBlock | null {
  const page = stringOrNull(controlPage);
  return page === null ? null : block.link(page, 'About the control');
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
        ...told(one),
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
  const [actor, tool, sourceIp] = [who.actor, who.tool, who.sourceIp].map(stringOrNull);
  const how = present(tool ?? null, sourceIp == null ? null : `from ${sourceIp}`, eventName);
  const stack = stringOrNull(who.stack);
  return [actor ?? 'unknown', how.length === 0 ? null : how.join(', '), stack === null ? null : `stack ${stack}`];
}

function timesOf(times: JsonObject | null): readonly (string | null)[] {
  const [event, verified] = [stringOrNull(times?.event), stringOrNull(times?.verified)];
  const toRemediate = typeof times?.toRemediate === 'number' ? times.toRemediate : null;
  const remediated = remediatedAt({ times: { event, verified, toRemediate } });
  return [event, remediated === null ? null : `remediated ${remediated}`];
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
