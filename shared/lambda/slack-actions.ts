import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import { awsClients } from '../aws/clients.ts';
import type { Engine } from '../engine/context.ts';
import { DECISION_DETAIL_TYPE } from '../internal-events.ts';
import { type Press, pressIn } from '../notify/slack-press.ts';
import { isSignedBySlack } from '../notify/slack-signature.ts';
import { post } from '../notify/webhook.ts';
import type { PolicyDocument } from '../policy/policy.ts';
import { policyFrom } from '../policy/settings.ts';
import type { Domain } from '../service.ts';
import { type Clock, systemClock } from '../time.ts';
import { messageSender } from './send-messages.ts';
import { pressesIn, pressIdOf } from './slack-presses.ts';
import { signingSecret } from './webhook-address.ts';

/** Slack's own requests are of some kilobytes, with the whole message in them. */
const MAX_BODY_BYTES = 512_000;
/** Slack waits for three seconds. */
const MAX_ANSWER_MS = 1_000;

/** What the function serves. */
export interface Pressed {
  readonly policy: PolicyDocument;
  /** The domain that serves each service. */
  readonly domains: Readonly<Record<string, Domain>>;
  readonly aws?: Engine['aws'];
  readonly clock?: Clock;
}

/** The Lambda handler behind the URL that Slack calls when a button is pressed: checks who calls and who presses, keeps the press, and hands it on to the domain that owns the control. Whatever is refused is written nowhere. */
export function createSlackActionsHandler({
  policy,
  domains,
  aws: clients = awsClients(),
  clock = systemClock,
}: Pressed) {
  const logger = new Logger();
  const { AWS_REGION = '', AWS_LAMBDA_FUNCTION_NAME = '', EVENKEEL_TABLE = '' } = process.env;
  const aws = clients(AWS_REGION);
  const { slackApprovers } = policyFrom(policy);
  const prefix = AWS_LAMBDA_FUNCTION_NAME.replace(/-slack-actions$/, '');
  const send = messageSender({ aws, prefix, domains, clock });
  const now = () => clock.now().getTime();
  const secret = signingSecret(process.env.EVENKEEL_SLACK_SIGNING_SECRET, aws);
  const presses = pressesIn(aws, EVENKEEL_TABLE);

  const refuse = (statusCode: number, why: string): LambdaFunctionURLResult => {
    logger.warn(`refused: ${why}`);
    return { statusCode, body: '' };
  };

  async function answer(event: LambdaFunctionURLEvent): Promise<LambdaFunctionURLResult> {
    const { headers = {}, body = '', isBase64Encoded, requestContext } = event;
    if (requestContext?.http?.method !== 'POST') return refuse(405, 'not a POST');
    if (body.length > MAX_BODY_BYTES) return refuse(413, 'too large');
    const raw = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
    const signature = headers['x-slack-signature'] ?? '';
    const request = { timestamp: headers['x-slack-request-timestamp'] ?? '', signature, body: raw };
    if (!isSignedBySlack(request, await secret(false), now()))
      return refuse(401, 'the signature is not of Slack, or older than five minutes');
    const press = pressIn(raw.toString('utf8'));
    if (press === null) return refuse(400, 'no press of a button of ours, or one from another workspace');
    const { controlId, remediationId, verb, user } = press;
    const service = serviceOf(controlId, domains);
    if (service === null) return refuse(400, `no domain serves ${controlId}`);
    if (!slackApprovers.includes(user.id)) {
      await reply(press, `<@${user.id}>: policy.yml does not name you among slack.approvers; nothing was done.`);
      return refuse(200, `${user.id} is none of slack.approvers`);
    }
    const id = pressIdOf(signature);
    if (!(await presses.keep(id, { ...press, at: now() }))) return refuse(401, 'the request came before');
    await send([{ service, detailType: DECISION_DETAIL_TYPE, detail: { press: id } }]);
    logger.info(`${user.id} pressed ${verb} of ${remediationId}`, { press: id, controlId });
    return { statusCode: 200, body: '' };
  }

  /** To the one who pressed alone; what cannot be said is not said. */
  async function reply({ responseUrl }: Press, text: string): Promise<void> {
    const until = now() + MAX_ANSWER_MS;
    const body = { text, blocks: [], response_type: 'ephemeral', replace_original: false };
    await post(body, {
      address: async () => new URL(responseUrl),
      remaining: () => until - now(),
      sleep: clock.sleep,
    }).catch(() => logger.warn('the refusal could not be said in Slack'));
  }

  return middy(answer).use(injectLambdaContext(logger, { resetKeys: true }));
}

/** The service of a control, by its id; that of the longest name where two would do. */
const serviceOf = (controlId: string, domains: Readonly<Record<string, Domain>>): string | null =>
  Object.keys(domains)
    .filter((id) => controlId.startsWith(`${id}-`))
    .toSorted((a, b) => b.length - a.length)[0] ?? null;
