import { type JsonObject, objectOrNull, stringOrNull } from '../event.ts';
import type { TopicMessage } from './slack.ts';

/** What any message of the topic has for people: ours, an alarm of CloudWatch, or whatever somebody else publishes. */
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

function objectIn(text: string): JsonObject | null {
  try {
    return objectOrNull(JSON.parse(text));
  } catch {
    return null;
  }
}
