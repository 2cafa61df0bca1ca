import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isObject, type JsonObject } from '../../shared/event.ts';
import { ROOT } from '../catalogue.ts';
import type { Account } from './scene.ts';

/** A sample event of ours, telling of what was done just now in this account. `names` holds paths in the sample's detail; what stands there is replaced, wherever else it stands too. */
export function told(
  sample: string,
  { accountId, region }: Pick<Account, 'accountId' | 'region'>,
  names: Readonly<Record<string, string>> = {},
): JsonObject {
  let text = readFileSync(`${ROOT}events/${sample}.json`, 'utf8');
  const { detail, account, region: home }: JsonObject = JSON.parse(text);
  const replacements = Object.entries(names).map(([path, name]) => [at(detail, path, sample), name] as const);
  for (const [from, to] of [...replacements, [String(account), accountId], [String(home), region]] as const)
    text = text.replaceAll(whole(from), () => to);
  const event = JSON.parse(text);
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  return {
    ...event,
    id: randomUUID(),
    time: now,
    detail: { ...event.detail, eventID: randomUUID(), eventTime: now },
  };
}

/** The text as a name of its own, not as a part of a longer one. */
const whole = (text: string) => new RegExp(`(?<![\\w-])${RegExp.escape(text)}(?![\\w-])`, 'g');

function at(detail: unknown, path: string, sample: string): string {
  let value = detail;
  for (const part of path.split('.'))
    value = Array.isArray(value) ? value[Number(part)] : isObject(value) ? value[part] : undefined;
  if (typeof value !== 'string' || value === '') throw new Error(`events/${sample}.json has no detail.${path}`);
  return value;
}
