import { createHmac } from 'node:crypto';
import type { LambdaFunctionURLEvent } from 'aws-lambda';

/** What Slack signs with, where nothing else is said. */
export const SIGNING_SECRET = '0123456789abcdef0123456789abcdef';

/** Who presses: a user of the workspace of the app. */
export const ANN = { id: 'U0123ABCD', username: 'ann', team_id: 'T01234567' };

export interface Button {
  readonly action_id: string;
  readonly value: string;
}

/** What Slack sends when a button is pressed. */
export const pressOf = (button: Button, responseUrl: string, rest: object = {}) => ({
  type: 'block_actions',
  user: ANN,
  team: { id: ANN.team_id },
  actions: [{ type: 'button', ...button }],
  message: { ts: '1764230000.000001' },
  response_url: responseUrl,
  ...rest,
});

interface Signing {
  readonly secret?: string;
  /** Seconds. */
  readonly age?: number;
  readonly base64?: boolean;
}

/** A request that Slack signs, as a function URL hands it over. */
export function signedRequest(
  payload: unknown,
  { secret = SIGNING_SECRET, age = 0, base64 = false }: Signing = {},
): LambdaFunctionURLEvent {
  const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
  const timestamp = String(Math.floor(Date.now() / 1000) - age);
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  return {
    headers: { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature },
    requestContext: { http: { method: 'POST' } },
    body: base64 ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: base64,
  } as unknown as LambdaFunctionURLEvent;
}
