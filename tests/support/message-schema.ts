import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { Message } from '../../shared/notify/message.ts';

const path = new URL('../../docs/notification.schema.json', import.meta.url);
export const schema: Record<string, unknown> = JSON.parse(readFileSync(path, 'utf8'));

/** The schema for ourselves: what it does not name is an error. */
const strict = JSON.parse(JSON.stringify(schema), (_, value) =>
  Array.isArray(value?.required) ? { ...value, additionalProperties: false } : value,
);
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
const fits = ajv.compile<Message>(strict);

/** Throws where a message is not what docs/notification.schema.json says. */
export function assertValidMessage(message: Message): void {
  const published: unknown = JSON.parse(JSON.stringify(message));
  if (!fits(published)) throw new Error(`no valid notification: ${ajv.errorsText(fits.errors)}`);
}
