import { parseArn } from '../aws/arn.ts';
import { consoleUrl } from '../aws/console-url.ts';
import { type JsonObject, objectOrNull, stringOrNull } from '../event.ts';
import { visible } from '../text.ts';
import { stepsTitle } from './render.ts';
import * as block from './slack-blocks.ts';

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

/** Formats any message of the topic for Slack: a notice, an announcement, a CloudWatch alarm; anything else is shown unformatted. Never throws. */
export function slackMessage({ subject, message }: TopicMessage): SlackMessage {
  const data = parsed(message);
  const object = objectOrNull(data);
  if (object !== null) {
    if (objectOrNull(object.result) !== null) return ofNotice(object, objectOrNull(object.result) ?? {});
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

function ofNotice(notice: JsonObject, result: JsonObject): SlackMessage {
  const outcome = stringOrNull(result.outcome);
  const resourceId = stringOrNull(result.resourceId);
  const title = stringOrNull(notice.subject) ?? `${outcome ?? 'Notice'}: ${resourceId ?? ''}`;
  const url = stringOrNull(notice.consoleUrl);
  const eventId = stringOrNull(result.eventId);
  const about = present(stringOrNull(result.controlId), eventId === null ? null : `event ${eventId}`).join(' · ');
  return whole(
    title,
    stringOrNull(notice.text) ?? '',
    present(
      sentence('Requirement', stringOrNull(notice.title)),
      columns(
        field('Resource', resourceId, stringOrNull(result.resourceType)),
        field('Account and region', stringOrNull(result.accountId), stringOrNull(result.region)),
        field('Control', stringOrNull(result.controlId), stringOrNull(notice.severity)),
        field('Changed by', ...changedBy(objectOrNull(notice.attribution), stringOrNull(result.eventName))),
        field('Time', stringOrNull(notice.eventTime)),
      ),
      sentence('Finding', stringOrNull(result.annotation)),
      sentence('Error', stringOrNull(result.error)),
      steps(notice, result, outcome),
      advice(notice.advice),
      ...others(notice.others),
      url === null ? null : block.link(url, 'Open in the AWS console'),
      about === '' ? null : block.context(about),
    ),
  );
}

/** Slack takes 50 blocks; the mail has them all. */
const MAX_OTHERS = 6;

/** What else the same event led to on the resource. */
function others(value: unknown): readonly (block.SlackBlock | null)[] {
  const notices = Array.isArray(value) ? value.map(objectOrNull).filter((one) => one !== null) : [];
  const left = notices.length - MAX_OTHERS;
  return [
    ...notices.slice(0, MAX_OTHERS).flatMap((one) => {
      const result = objectOrNull(one.result) ?? {};
      const [headline, severity] = [stringOrNull(one.headline) ?? '', stringOrNull(one.severity) ?? ''];
      const title = `Also: ${headline} [${severity}] ${stringOrNull(one.title) ?? ''}`;
      return [
        block.plainSection(visible(title)),
        columns(field('Control', stringOrNull(result.controlId))),
        sentence('Finding', stringOrNull(result.annotation)),
        sentence('Error', stringOrNull(result.error)),
        steps(one, result, stringOrNull(result.outcome)),
        advice(one.advice),
      ];
    }),
    left > 0 ? block.plainSection(`… and ${left} more`) : null,
  ];
}

function changedBy(attribution: JsonObject | null, eventName: string | null): readonly (string | null)[] {
  if (attribution === null) return [];
  const from = stringOrNull(attribution.sourceIp);
  const how = present(stringOrNull(attribution.tool), from === null ? null : `from ${from}`, eventName);
  return [stringOrNull(attribution.actor) ?? 'unknown', how.length === 0 ? null : how.join(', ')];
}

function steps({ stepsLeftOut }: JsonObject, result: JsonObject, outcome: string | null): block.SlackBlock | null {
  const calls = Array.isArray(result.steps) ? result.steps.map(objectOrNull).filter((call) => call !== null) : [];
  if (calls.length === 0) return null;
  const left = typeof stepsLeftOut === 'number' && stepsLeftOut > 0 ? [`… and ${stepsLeftOut} more`] : [];
  const texts = calls.map((call) => {
    const [service, operation] = [stringOrNull(call.service), stringOrNull(call.operation)];
    return `${service ?? '?'}:${operation ?? '?'} ${JSON.stringify(call.input ?? {})}`;
  });
  return block.codeBlock(stepsTitle(outcome), [...texts, ...left].join('\n'));
}

/** What the reader can do now; commands are formatted as code, to be copied unchanged. */
function advice(value: unknown): block.SlackBlock | null {
  const texts = Array.isArray(value) ? value.map(stringOrNull).filter((line) => line !== null) : [];
  return texts.length === 0 ? null : block.lines(texts.map(withCommandAsCode));
}

function withCommandAsCode(line: string): string {
  const at = line.indexOf('npx evenkeel ');
  if (at < 0) return block.escaped(line, 1000);
  const before = line.slice(0, at).trim();
  return `${before === '' ? '' : `${block.escaped(before, 300)} `}${block.code(line.slice(at), 1000)}`;
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
