/** Names of fields that may hold a secret, wherever they stand. */
const SECRET =
  /password|passphrase|secret(?!sManager|Arn)|credential|privateKey|accessKey|sessionToken|authToken|userData/i;

const HIDDEN = '[not kept]';

/** The value without what must never stand in a record. Dates become ISO 8601 strings, as in JSON. */
export function withoutSecrets(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (name, member) =>
      SECRET.test(name) && typeof member === 'string' ? HIDDEN : member,
    ),
  );
}
