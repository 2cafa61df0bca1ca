import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isObject, type JsonObject } from '../shared/event.ts';
import type { SceneAccount } from './scene.ts';

const EVENTS = fileURLToPath(new URL('../events/', import.meta.url));

/** A sample event (`ec2/CreateVolume`) as if it had happened just now in this account. `names` holds paths in the sample's detail; the text there is replaced, wherever else it occurs too. Throws where a path leads nowhere. */
export function freshEvent(
  sample: string,
  { accountId, region }: Pick<SceneAccount, 'accountId' | 'region'>,
  names: Readonly<Record<string, string>> = {},
): JsonObject {
  let text = readFileSync(`${EVENTS}${sample}.json`, 'utf8');
  const { detail, account, region: home }: JsonObject = JSON.parse(text);
  const replacements = Object.entries(names).map(([path, name]) => [textAt(detail, path, sample), name] as const);
  for (const [from, to] of [...replacements, [String(account), accountId], [String(home), region]] as const)
    text = text.replaceAll(wholeWord(from), () => to);
  const event = JSON.parse(text);
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const isCall = isObject(event.detail) && 'eventID' in event.detail;
  const fresh = isCall ? { eventID: randomUUID(), eventTime: now } : {};
  return { ...event, id: randomUUID(), time: now, detail: { ...event.detail, ...fresh } };
}

/** The text as a name of its own, not as a part of a longer one. */
const wholeWord = (text: string) => new RegExp(`(?<![\\w-])${RegExp.escape(text)}(?![\\w-])`, 'g');

function textAt(detail: unknown, path: string, sample: string): string {
  let value = detail;
  for (const part of path.split('.'))
    value = Array.isArray(value) ? value[Number(part)] : isObject(value) ? value[part] : undefined;
  if (typeof value !== 'string' || value === '') throw new Error(`events/${sample}.json has no detail.${path}`);
  return value;
}
