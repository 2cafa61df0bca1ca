import { GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { sendBatch } from '../aws/partial-batch.ts';
import { field, isObject, type JsonObject, stringOrNull } from '../event.ts';
import { DECISION_DETAIL_TYPE, INTERNAL_SOURCE, type InternalMessage } from '../internal-events.ts';
import type { Aws } from '../resource.ts';
import { delays } from '../retry.ts';
import type { Domain } from '../service.ts';
import { counted } from '../text.ts';
import { type Clock, SECOND_MS } from '../time.ts';

/** The most entries of one SendMessageBatch, of 256 KiB in sum; ours are of some hundred bytes. */
const MAX_BATCH = 10;
/** The longest delay that SQS takes; a message for later is sent on by the function that receives it. */
export const MAX_DELAY_S = 900;
const RETRY_DELAYS_MS = [200, 400, 800, 1600];

/** Where our own messages are sent. */
export interface Destinations {
  /** The client of the home region. */
  readonly aws: Aws;
  /** The prefix of all names of the deployment: `evenkeel-prod`. */
  readonly prefix: string;
  readonly domains: Readonly<Record<string, Domain>>;
  readonly clock: Clock;
}

type Entry = { readonly Id: string; readonly MessageBody: string; readonly DelaySeconds?: number };

/** Sends messages of our own to the queues of the domains that serve them, delayed where they have a time; never by the default bus, where anyone in the account may put events. Throws where a service has no domain, where SQS still refuses some of them after retries, or the SDK's own error. */
export function messageSender({ aws, prefix, domains, clock }: Destinations) {
  const urls = new Map<string, Promise<string>>();

  const urlOf = (domain: string): Promise<string> => {
    const known = urls.get(domain);
    if (known !== undefined) return known;
    const asked = aws(SQSClient)
      .send(new GetQueueUrlCommand({ QueueName: `${prefix}-${domain}` }))
      .then(({ QueueUrl = '' }) => QueueUrl);
    urls.set(domain, asked);
    // A failed lookup is not cached.
    asked.catch(() => urls.delete(domain));
    return asked;
  };

  async function sendTo(QueueUrl: string, entries: readonly Entry[]): Promise<void> {
    let reason = '';
    const send = async (left: readonly Entry[]) => {
      const { Failed = [] } = await aws(SQSClient).send(new SendMessageBatchCommand({ QueueUrl, Entries: [...left] }));
      if (Failed.length > 0) reason = `${Failed[0]?.Code}: ${Failed[0]?.Message}`;
      const refused = new Set(Failed.map(({ Id }) => Id));
      return left.filter(({ Id }) => refused.has(Id));
    };
    const left = await sendBatch(entries, send, { clock, backoff: delays(...RETRY_DELAYS_MS) });
    if (left.length > 0) throw new Error(`SQS refused ${counted(left.length, 'message')}: ${reason}`);
  }

  return async (messages: readonly InternalMessage[]): Promise<void> => {
    const byDomain = Map.groupBy(messages, ({ service }) => domainOf(service, domains));
    for (const [domain, own] of byDomain) {
      const QueueUrl = await urlOf(domain);
      const entries = own.map((message, index) => entryOf(message, index, clock.now().getTime()));
      for (let start = 0; start < entries.length; start += MAX_BATCH)
        await sendTo(QueueUrl, entries.slice(start, start + MAX_BATCH));
    }
  };
}

/** The domain that serves a service. Throws where none does. */
function domainOf(service: string, domains: Readonly<Record<string, Domain>>): Domain {
  const domain = Object.hasOwn(domains, service) ? domains[service] : undefined;
  if (domain === undefined) throw new Error(`no domain serves "${service}"; known: ${Object.keys(domains).join(', ')}`);
  return domain;
}

/** In EventBridge's envelope, so that a queue carries one format. */
function entryOf({ detailType, detail, service, notBefore }: InternalMessage, index: number, now: number): Entry {
  const body = { source: INTERNAL_SOURCE, 'detail-type': detailType, detail: { ...detail, service } };
  const MessageBody = JSON.stringify(notBefore === undefined ? body : { ...body, notBefore });
  const delay = Math.min(MAX_DELAY_S, Math.ceil(((notBefore ?? now) - now) / SECOND_MS));
  return { Id: `${index}`, MessageBody, ...(delay > 0 ? { DelaySeconds: delay } : {}) };
}

/** True for a message of our own. */
export const isInternal = (event: unknown): event is JsonObject => isObject(event) && event.source === INTERNAL_SOURCE;

/** True for what a person has decided elsewhere. */
export const isDecision = (event: unknown): event is JsonObject =>
  isInternal(event) && event['detail-type'] === DECISION_DETAIL_TYPE;

/** A message of our own that came before its time, to be sent on; null where it is to be handled now. */
export function earlyMessage(event: unknown, now: number): InternalMessage | null {
  if (!isInternal(event) || typeof event.notBefore !== 'number' || event.notBefore <= now) return null;
  const { detail, notBefore } = event;
  const service = stringOrNull(field(detail, 'service'));
  const detailType = stringOrNull(event['detail-type']);
  return service === null || detailType === null || !isObject(detail)
    ? null
    : { service, detailType, detail, notBefore };
}
