import { type Attribution, attributionOf } from '../../attribution.ts';
import {
  type CallRecord,
  type EventRecord,
  ec2Unwrapped,
  field,
  isObject,
  type JsonObject,
  objectOrNull,
  stringOrNull,
  strings,
  unwrapped,
} from '../../event.ts';
import { INTERNAL_SOURCE, RECHECK_DETAIL_TYPE, SWEEP_DETAIL_TYPE, WATCH_DETAIL_TYPE } from '../../internal-events.ts';
import type { ConfigName, ResourceRef } from '../../resource.ts';
import { UnreadableEventError } from '../errors.ts';

/** Something that happened, in whatever form it arrived. */
export type Change = {
  readonly eventId: string | null;
  readonly eventName: string | null;
  readonly eventTime: string | null;
  readonly attribution: Attribution | null;
  /** The accounts that the event says it is of: the record's, the envelope's, the item's. */
  readonly accountIds: readonly string[];
} & (
  | { readonly kind: 'call'; readonly record: CallRecord }
  | { readonly kind: 'event'; readonly record: EventRecord }
  | { readonly kind: 'resource'; readonly resource: ConfigName }
  | { readonly kind: 'recheck'; readonly resource: ResourceRef }
  | { readonly kind: 'other'; readonly reason: string }
  | { readonly kind: 'unreadable'; readonly error: UnreadableEventError }
);

/** Our own messages that name no resource, each with what to do instead of reconciling it. */
const UNROUTABLE: Readonly<Record<string, string>> = {
  [SWEEP_DETAIL_TYPE]: 'is a sweep slice: return it to its function with evenkeel redrive, or run evenkeel sweep',
  [WATCH_DETAIL_TYPE]: 'is a scheduled daily task: return it to its function with evenkeel redrive',
};

const OUR_DETAIL_TYPES: readonly string[] = [RECHECK_DETAIL_TYPE, SWEEP_DETAIL_TYPE, WATCH_DETAIL_TYPE];
/** EventBridge lets only AWS send with such a source. */
const FROM_AWS = 'aws.';

/** The suffix of the detail-type of everything that CloudTrail records: API calls, service events, console sign-ins. */
const BY_CLOUDTRAIL = ' via CloudTrail';
const CONFIG_ITEM = 'Config Configuration Item Change';
const CONFIG_COMPLIANCE = 'Config Rules Compliance Change';

/** Maximum depth of nested envelopes: SQS, SNS, a failed invocation, EventBridge, a Config rule. */
const MAX_ENVELOPE_DEPTH = 12;

/** The accepted shapes, for error messages. */
export const KNOWN_SHAPES =
  'an EventBridge envelope, a CloudTrail record, {"Records": […]}, the output of aws cloudtrail lookup-events, an AWS Config item, compliance change or rule invocation, any of these inside SNS or SQS, or an array of them';

const ALLOWED = `allowed is an event object: ${KNOWN_SHAPES}`;

type EventSummary = Pick<Change, 'eventId' | 'eventName' | 'eventTime' | 'attribution' | 'accountIds'>;
const UNKNOWN_EVENT: EventSummary = {
  eventId: null,
  eventName: null,
  eventTime: null,
  attribution: null,
  accountIds: [],
};

/** Reads changes out of any accepted shape. Never throws: what cannot be read is a change of kind `unreadable`, and the rest go on. */
export function changesIn(input: unknown, depth = 0): readonly Change[] {
  if (depth > MAX_ENVELOPE_DEPTH) return [unreadable(`is nested more than ${MAX_ENVELOPE_DEPTH} envelopes deep`)];
  if (Array.isArray(input)) return input.flatMap((member) => changesIn(member, depth + 1));
  if (typeof input === 'string') return changesInText(input, depth);
  if (!isObject(input)) return [unreadable(`is ${input ?? 'null'}, not an object; ${ALLOWED}`)];
  const inner = innerOf(input);
  if (inner !== undefined) return inner.flatMap((member) => changesIn(member, depth + 1));
  return [changeOf(input)];
}

function changesInText(text: string, depth: number): readonly Change[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // What begins as an object is one that was cut off or garbled: what is allowed is known.
    const allowed = /^\s*[[{]/.test(text) ? '' : `; ${ALLOWED}`;
    return [unreadable(`is not JSON: ${error instanceof Error ? error.message : error}${allowed}`)];
  }
  return changesIn(value, depth + 1);
}

/** The content of a transport envelope; undefined where the object is none. */
function innerOf(input: JsonObject): readonly unknown[] | undefined {
  if (Array.isArray(input.Records)) return input.Records;
  if (Array.isArray(input.Messages)) return input.Messages;
  // `aws cloudtrail lookup-events`: each record is a text in its event.
  if (Array.isArray(input.Events)) return input.Events;
  if (typeof input.CloudTrailEvent === 'string') return [input.CloudTrailEvent];
  if (isObject(input.Sns)) return [input.Sns.Message];
  if (input.eventSource === 'aws:sqs' && 'body' in input) return [input.body];
  if ('Body' in input && 'ReceiptHandle' in input) return [input.Body];
  if (typeof input.Message === 'string' && 'TopicArn' in input) return [input.Message];
  if (isObject(input.requestContext) && 'requestPayload' in input) return [input.requestPayload];
  return undefined;
}

function changeOf(input: JsonObject): Change {
  if ('detail-type' in input) return fromEnvelope(input);
  if ('invokingEvent' in input) return fromRuleInvocation(input);
  if ('eventName' in input && 'eventSource' in input) return fromCall(input, UNKNOWN_EVENT, input);
  if ('messageType' in input || isObject(input.configurationItem)) return fromConfig(input, UNKNOWN_EVENT, input);
  if ('resourceType' in input && 'resourceId' in input)
    return fromConfig({ configurationItem: input }, UNKNOWN_EVENT, input);
  return unreadable(`is none of: ${KNOWN_SHAPES}`);
}

function fromEnvelope(envelope: JsonObject): Change {
  const about: EventSummary = {
    eventId: stringOrNull(envelope.id),
    eventName: stringOrNull(envelope['detail-type']),
    eventTime: stringOrNull(envelope.time),
    attribution: null,
    accountIds: distinct(envelope.account),
  };
  const detail = objectOrNull(envelope.detail);
  if (detail === null) return unreadable('has no "detail" object', about);
  const isOurs = OUR_DETAIL_TYPES.includes(about.eventName ?? '');
  const source = stringOrNull(envelope.source);
  if (source !== null && !(isOurs ? source === INTERNAL_SOURCE : source.startsWith(FROM_AWS)))
    return { ...about, kind: 'other', reason: `It was sent by "${source}", which only claims what AWS reports.` };
  if (envelope['detail-type'] === CONFIG_ITEM || envelope['detail-type'] === CONFIG_COMPLIANCE)
    return fromConfig(detail, about, envelope);
  if (envelope['detail-type'] === RECHECK_DETAIL_TYPE) return fromRecheck(detail, about, envelope);
  const instead = UNROUTABLE[about.eventName ?? ''];
  if (instead !== undefined) return unreadable(instead, about);
  const isRecord = 'eventName' in detail && 'eventSource' in detail;
  if (isRecord || about.eventName?.endsWith(BY_CLOUDTRAIL)) return fromCall(detail, about, envelope);
  return fromNotification(detail, about, envelope);
}

/** An event that a service sends to EventBridge itself, for what no API call causes. */
function fromNotification(detail: JsonObject, about: EventSummary, envelope: JsonObject): Change {
  const source = stringOrNull(envelope.source);
  if (source === null || about.eventName === null)
    return unreadable('has no "source" or no "detail-type" string', about);
  return {
    ...about,
    kind: 'event',
    record: {
      source,
      detailType: about.eventName,
      accountId: stringOrNull(envelope.account) ?? '',
      region: stringOrNull(envelope.region) ?? '',
      resources: strings(envelope, 'resources'),
      detail,
    },
  };
}

function fromCall(record: JsonObject, about: EventSummary, envelope: JsonObject): Change {
  const eventName = stringOrNull(record.eventName);
  const eventSource = stringOrNull(record.eventSource);
  const ofRecord = stringOrNull(record.recipientAccountId);
  const ofEnvelope = stringOrNull(envelope.account);
  const caller = stringOrNull(field(record.userIdentity, 'accountId'));
  const known: EventSummary = {
    eventId: about.eventId ?? stringOrNull(record.eventID),
    eventName,
    eventTime: stringOrNull(record.eventTime) ?? about.eventTime,
    attribution: attributionOf(record),
    accountIds: ofRecord === null && ofEnvelope === null ? distinct(caller) : distinct(ofRecord, ofEnvelope),
  };
  if (eventName === null || eventSource === null)
    return unreadable('has no "eventName" or no "eventSource" string', known);
  const opened = eventSource === 'ec2.amazonaws.com' ? ec2Unwrapped : unwrapped;
  const region = stringOrNull(record.awsRegion) ?? stringOrNull(envelope.region);
  return {
    ...known,
    kind: 'call',
    record: {
      eventSource,
      eventName,
      accountId: known.accountIds[0] ?? '',
      region: region ?? '',
      request: opened(record.requestParameters, `${eventName}Request`),
      response: opened(record.responseElements, `${eventName}Response`),
      omitted: [record.requestParameters, record.responseElements].some((part) => field(part, 'omitted') === true),
      errorCode: stringOrNull(record.errorCode),
      userIdentity: objectOrNull(record.userIdentity),
      raw: record,
    },
  };
}

/** A Config rule's Lambda invocation, which holds the item as a JSON string. */
function fromRuleInvocation(invocation: JsonObject): Change {
  let invokingEvent: unknown = invocation.invokingEvent;
  try {
    if (typeof invokingEvent === 'string') invokingEvent = JSON.parse(invokingEvent);
  } catch {
    invokingEvent = null;
  }
  const rule = stringOrNull(invocation.configRuleName);
  const about: EventSummary = { ...UNKNOWN_EVENT, eventId: stringOrNull(invocation.id), eventName: rule };
  if (!isObject(invokingEvent)) return unreadable('has an "invokingEvent" that is not a JSON object', about);
  const item = objectOrNull(invokingEvent.configurationItem) ?? objectOrNull(invokingEvent.configurationItemSummary);
  // Samples of AWS name two accounts: the item's is whose the resource is.
  const account = stringOrNull(item?.awsAccountId) ?? invocation.accountId;
  return fromConfig(invokingEvent, about, { account });
}

/** A Config item change (whole or as the summary of an oversized one) or a compliance change. */
function fromConfig(detail: JsonObject, about: EventSummary, envelope: JsonObject): Change {
  const messageType = stringOrNull(detail.messageType);
  const named: EventSummary = {
    ...about,
    eventName: messageType ?? about.eventName,
    eventTime: about.eventTime ?? stringOrNull(detail.notificationCreationTime),
  };
  const item = objectOrNull(detail.configurationItem) ?? objectOrNull(detail.configurationItemSummary);
  if (item !== null) return fromConfigName(item, named, envelope);
  if ('resourceType' in detail) return fromConfigName(detail, named, envelope);
  if (messageType !== null && !messageType.endsWith('ChangeNotification'))
    return { ...named, kind: 'other', reason: `${messageType} names no resource.` };
  return unreadable(
    'names no resource: neither "configurationItem", "configurationItemSummary" nor "resourceType"',
    named,
  );
}

function fromConfigName(names: JsonObject, about: EventSummary, envelope: JsonObject): Change {
  const ref = refIn(names, envelope);
  if (ref === null) return unreadable('has no "resourceType" or no "resourceId" string', about);
  const resourceName = stringOrNull(field(names, 'resourceName'));
  const resource = { ...ref, resourceName, arn: stringOrNull(field(names, 'arn')) };
  return { ...about, accountIds: accountsIn(names, envelope), kind: 'resource', resource };
}

/** A recheck of our own, which names the resource by our id. */
function fromRecheck(detail: JsonObject, about: EventSummary, envelope: JsonObject): Change {
  const resource = refIn(detail, envelope);
  if (resource === null) return unreadable('has no "resourceType" or no "resourceId" string', about);
  return { ...about, accountIds: accountsIn(detail, envelope), kind: 'recheck', resource };
}

/** The resource that an object names, with account and region of its envelope where it names none. */
function refIn(names: JsonObject, envelope: JsonObject): ResourceRef | null {
  const resourceType = stringOrNull(field(names, 'resourceType'));
  const resourceId = stringOrNull(field(names, 'resourceId'));
  if (resourceType === null || resourceId === null) return null;
  const regions = [field(names, 'awsRegion'), field(names, 'region'), envelope.region].map(regionOrNull);
  return { resourceType, resourceId, accountId: accountsIn(names, envelope)[0] ?? '', region: firstOf(regions) };
}

const accountsIn = (names: JsonObject, envelope: JsonObject): readonly string[] =>
  distinct(field(names, 'awsAccountId'), field(names, 'accountId'), envelope.account);

/** The strings among the values, each once. */
const distinct = (...values: readonly unknown[]): readonly string[] => [
  ...new Set(values.map(stringOrNull).filter((value) => value !== null)),
];

const firstOf = (texts: readonly (string | null)[]): string => texts.find((text) => text !== null) ?? '';

/** AWS Config says "global" for resources without a region; the reporting region holds then. */
const regionOrNull = (value: unknown): string | null => (value === 'global' ? null : stringOrNull(value));

const unreadable = (what: string, about: EventSummary = UNKNOWN_EVENT): Change => ({
  ...about,
  kind: 'unreadable',
  error: new UnreadableEventError(`the event ${what}`),
});
