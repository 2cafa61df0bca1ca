import { isDeepStrictEqual } from 'node:util';
import type { Remediation } from '../../ledger/records.ts';
import type { CallData } from '../../step.ts';

/** Names of fields that may hold a secret, at any depth. The id of a key is none. */
const SECRET =
  /password|passphrase|secret(?!sManager|Arn)|credential|(private|access|api)[-_]?key(?!s?[-_]?id)|(session|auth)[-_]?token|userData|^aws:(referer|useragent)$|^sts:externalId$/i;
/** The same, somewhere in a text. */
const SECRET_MEMBER = new RegExp(SECRET.source.replaceAll(/[\^$]/g, ''), 'i');
/** Fields whose value may be the name of a field beside them: `{ Key: 'password', Value: '…' }`. */
const NAMES = ['Key', 'key', 'Name', 'name'];
const VALUE = /^value$/i;

const REDACTED = '[REDACTED]';

/** The value without secrets, which must never be in a record. Dates become ISO 8601 strings, as in JSON. */
export const redact = (value: unknown): unknown => hidden(JSON.parse(JSON.stringify(value ?? null)), false);

function hidden(value: unknown, secret: boolean): unknown {
  if (typeof value === 'string') return secret ? REDACTED : redactedDocument(value);
  if (Array.isArray(value)) return value.map((member) => hidden(member, secret));
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Readonly<Record<string, unknown>>;
  const named = NAMES.some((name) => SECRET.test(String(members[name] ?? '')));
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => [
      name,
      hidden(member, SECRET.test(name) || (VALUE.test(name) && (secret || named))),
    ]),
  );
}

/** A text without secrets: where it is a JSON document (a policy), its values. A document without secrets stays as it is written. */
function redactedDocument(text: string): string {
  if (!text.startsWith('{') || !SECRET_MEMBER.test(text)) return text;
  try {
    const document: unknown = JSON.parse(text);
    const redacted = hidden(document, false);
    return isDeepStrictEqual(document, redacted) ? text : JSON.stringify(redacted);
  } catch {
    return text;
  }
}

/** The input of an undo call without secret values of tags. Only these: whatever else a call carries is needed for the undo to be exact. */
export function redactTags<T>(value: T): T {
  if (Array.isArray(value)) return value.map(redactTags) as T;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const { Key, Value } = value as { readonly Key?: unknown; readonly Value?: unknown };
  if (typeof Key === 'string' && typeof Value === 'string' && SECRET.test(Key)) return { ...value, Value: REDACTED };
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, redactTags(member)])) as T;
}

/** A call as people see it and a record holds it; what is sent is the step's own input. */
export const redactedCall = <C extends CallData>(call: C): C => ({ ...call, input: redact(call.input) as object });

/** A record as people see it: its undo calls, which the ledger holds whole so that an undo is exact, without secrets. */
export const redactedRecord = (record: Remediation): Remediation => ({
  ...record,
  steps: record.steps.map((step) => ({ ...step, undo: step.undo?.map(redactedCall) ?? null })),
});
