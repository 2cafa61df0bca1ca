import { isObject, type JsonObject, objectOrNull, stringOrNull } from '../event.ts';

/** A message of the topic as a subscriber receives it. */
export interface TopicMessage {
  readonly subject: string | null;
  readonly message: string;
}

/** What any message of the topic has for people: ours, an alarm of CloudWatch, or what another publisher sends. */
export interface Read {
  readonly title: string;
  readonly text: string;
  /** Null where it is no JSON object. */
  readonly data: JsonObject | null;
}

/** Reads any message of the topic. Never throws. */
export function readMessage({ subject, message }: TopicMessage): Read {
  const data = objectIn(message);
  const [title, text] = [stringOrNull(data?.subject), stringOrNull(data?.text)];
  if (title !== null && text !== null) return { title, text, data };
  const alarm = stringOrNull(data?.AlarmName);
  if (alarm !== null) {
    const parts = [data?.AlarmDescription, data?.NewStateReason].map(stringOrNull).filter((part) => part !== null);
    return { title: `${stringOrNull(data?.NewStateValue) ?? 'CHANGED'}: ${alarm}`, text: parts.join('\n'), data };
  }
  return { title: subject?.trim() || 'Message from Evenkeel', text: message, data };
}

/** Shown before a title: colours alone do not tell. */
const MARKS: Readonly<Record<string, string>> = {
  CRITICAL: '\u{1f534}',
  HIGH: '\u{1f7e0}',
  MEDIUM: '\u{1f7e1}',
  LOW: '\u{1f535}',
  INFORMATIONAL: '\u26aa',
};

/** What every chat shows first of a message of ours: how urgent it is, what happened and to what; then in small print what a person has to know at once. */
export function headOf(message: JsonObject): { readonly title: string; readonly about: string } {
  const [resource, account] = [message.resource, message.account].map(objectOrNull);
  const [severity, title, region] = [message.severity, message.title, message.region].map(stringOrNull);
  const what = stringOrNull(resource?.name) ?? stringOrNull(resource?.id);
  const whole = `${title ?? stringOrNull(message.subject) ?? 'Notification'}${what === null ? '' : `: ${what}`}`;
  const mark = Object.hasOwn(MARKS, severity ?? '') ? `${MARKS[severity ?? '']} ` : '';
  return {
    title: `${mark}${whole}`,
    about: [severity, needIn(message.actionRequired), region, stringOrNull(account?.alias)]
      .filter((part) => part !== null && part !== '')
      .join(' · '),
  };
}

const needIn = (isRequired: unknown): string | null =>
  typeof isRequired === 'boolean' ? (isRequired ? 'action required' : 'no action required') : null;

/** The command of a line of our texts, and what stands before it; null where it has none. */
export function commandIn(line: string): { readonly label: string; readonly command: string } | null {
  const [, label = '', command] = COMMAND.exec(line) ?? [];
  return command === undefined ? null : { label, command };
}

const COMMAND = /^\s*((?:[^:]{1,60}:)?)\s*((?:npx evenkeel|aws) .+)$/;

/** Maximum controls that a message links to. */
const MAX_PAGES = 3;

/** The pages of the controls that it is about, each with a label; the mail has them all. */
export function pagesOf(message: JsonObject): readonly (readonly [url: string, label: string])[] {
  const about = [message.findings, message.groups].flatMap((list) =>
    Array.isArray(list) ? list.filter(isObject) : [],
  );
  const pages = new Map<string, string>();
  for (const { controlPage, controlId } of about) {
    const [page, id] = [stringOrNull(controlPage), stringOrNull(controlId) ?? ''];
    if (page !== null) pages.set(page, CONTROL_ID.test(id) ? `About ${id}` : ABOUT);
  }
  if (pages.size <= 1) return [...pages.keys()].map((page) => [page, ABOUT] as const);
  return [...pages].slice(0, MAX_PAGES);
}

const ABOUT = 'About the control';
const CONTROL_ID = /^[a-z0-9-]{1,100}$/;

function objectIn(text: string): JsonObject | null {
  try {
    return objectOrNull(JSON.parse(text));
  } catch {
    return null;
  }
}
