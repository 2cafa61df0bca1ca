import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Message } from '../../shared/notify/message.ts';

const path = new URL('../../docs/notification.schema.json', import.meta.url);
export const schema: Record<string, unknown> = JSON.parse(readFileSync(path, 'utf8'));

/** Where a worker keeps the compiled schema: on `process`, which outlasts a test file. */
const KEPT = Symbol.for('evenkeel.notification-schema');
const worker = process as typeof process & { [KEPT]?: ValidateFunction<Message> };

/** The schema for ourselves: what it does not name is an error. */
function compiled(): ValidateFunction<Message> {
  const strict = JSON.parse(JSON.stringify(schema), (_, value) =>
    Array.isArray(value?.required) ? { ...value, additionalProperties: false } : value,
  );
  return new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile<Message>(strict);
}

/** Throws where a message is not what docs/notification.schema.json says. */
export function assertValidMessage(message: Message): void {
  worker[KEPT] ??= compiled();
  const fits = worker[KEPT];
  const published: unknown = JSON.parse(JSON.stringify(message));
  if (!fits(published)) throw new Error(`no valid notification: ${JSON.stringify(fits.errors)}`);
}
