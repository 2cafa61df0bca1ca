import { objectOrNull, stringOrNull } from '../event.ts';
import type { Kind } from './message.ts';
import type { TopicMessage } from './topic-message.ts';

/** Which thread a message belongs to. */
export interface Thread {
  /** What it is about: a finding each, or the region that events come from. None where it is about neither. */
  readonly keys: readonly string[];
  /** It answers what was said before; any other message begins a new thread. */
  readonly answers: boolean;
}

/** Kinds that end what another message began. */
const ANSWERS: readonly Kind[] = ['remediated', 'resolved', 'exempted', 'undone', 'recovered'];

/** No message names more findings of one resource than are worth a read each. */
const MAX_KEYS = 10;

/** The thread of a message of the topic. Never throws. */
export function threadOf({ message }: TopicMessage): Thread {
  const { kind, account, region, resource, findings } = messageIn(message);
  const answers = (ANSWERS as readonly unknown[]).includes(kind);
  if (resource === null) {
    const isOfRegion = (kind === 'blind' || kind === 'recovered') && region !== null;
    return { keys: isOfRegion ? [JSON.stringify(['events', region])] : [], answers };
  }
  const about = [account, region, stringOrNull(resource.type), stringOrNull(resource.id)];
  const controls = findings.flatMap((finding) => stringOrNull(objectOrNull(finding)?.controlId) ?? []);
  return { keys: controls.slice(0, MAX_KEYS).map((control) => JSON.stringify([...about, control])), answers };
}

function messageIn(text: string) {
  const message = objectOrNull(parsed(text)) ?? {};
  return {
    kind: message.kind,
    account: stringOrNull(objectOrNull(message.account)?.id),
    region: stringOrNull(message.region),
    resource: objectOrNull(message.resource),
    findings: Array.isArray(message.findings) ? message.findings : [],
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
