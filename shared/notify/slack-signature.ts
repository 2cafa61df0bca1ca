import { createHmac, timingSafeEqual } from 'node:crypto';
import { MINUTE_MS, SECOND_MS } from '../time.ts';

/** A request as it came, with its body as it was sent. */
export interface SignedRequest {
  readonly timestamp: string;
  readonly signature: string;
  readonly body: string | Buffer;
}

/** Slack's own tolerance. */
const MAX_AGE_MS = 5 * MINUTE_MS;

/** Whether Slack has signed a request within the last five minutes. Compares in constant time. */
export function isSignedBySlack({ timestamp, signature, body }: SignedRequest, secret: string, now: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * SECOND_MS) > MAX_AGE_MS) return false;
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
  const given = Buffer.from(/^v0=([0-9a-f]{64})$/.exec(signature)?.[1] ?? '', 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
