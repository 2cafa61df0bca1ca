/** Names of fields that may hold a secret, at any depth. The id of a key is none. */
const SECRET =
  /password|passphrase|secret(?!sManager|Arn)|credential|(private|access|api)[-_]?key(?!s?[-_]?id)|(session|auth)[-_]?token|userData/i;
/** Fields whose value may be the name of a field beside them: `{ Key: 'password', Value: '…' }`. */
const NAMES = ['Key', 'key', 'Name', 'name'];
const VALUE = /^value$/i;

const REDACTED = '[REDACTED]';

/** The value without secrets, which must never be in a record. Dates become ISO 8601 strings, as in JSON. */
export const redact = (value: unknown): unknown => hidden(JSON.parse(JSON.stringify(value ?? null)), false);

function hidden(value: unknown, secret: boolean): unknown {
  if (typeof value === 'string') return secret ? REDACTED : value;
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
