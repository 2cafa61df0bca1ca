import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { NO_SETTINGS } from '../../shared/notify/compose.ts';
import type { SingleNotice } from '../../shared/notify/notifier.ts';
import { type OutcomeEvent, outcomeEvent } from '../../shared/notify/outcome.ts';
import type { Result } from '../../shared/result.ts';
import { noticeOf } from './notice.ts';

const path = new URL('../../docs/event.schema.json', import.meta.url);
const schema: object = JSON.parse(readFileSync(path, 'utf8'));

/** The schema for ourselves: what it does not name is an error. */
const strict = JSON.parse(JSON.stringify(schema), (_, value) =>
  Array.isArray(value?.required) ? { ...value, additionalProperties: false } : value,
);
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
const fits = ajv.compile<OutcomeEvent>(strict);

/** Throws where an outcome is not what docs/event.schema.json says. */
export function assertValidOutcome(outcome: OutcomeEvent): void {
  const sent: unknown = JSON.parse(JSON.stringify(outcome));
  if (!fits(sent)) throw new Error(`no valid outcome: ${ajv.errorsText(fits.errors)}`);
}

export const TIME = Date.parse('2026-11-02T09:14:12.000Z');
export const SECURITY_GROUP = 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1';

/** The outcome of a notice, with what differs. */
export const outcomeOf = (
  result: Partial<Result> = {},
  rest: Partial<SingleNotice> = {},
  details: Partial<Parameters<typeof outcomeEvent>[1]> = {},
): OutcomeEvent =>
  outcomeEvent(
    noticeOf(result, { id: 'n-1', ...rest }),
    { time: TIME, firstSeen: '2026-11-02T09:14:08.000Z', arn: SECURITY_GROUP, ...details },
    NO_SETTINGS,
  );
