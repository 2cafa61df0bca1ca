import type { NormalizedSchema } from '@smithy/core/schema';
import type { Operation } from '../../../scripts/scaffold/record-style.ts';
import { predictedEvent, type Shown } from '../../../scripts/scaffold/sample-event.ts';
import { isObject, type JsonObject } from '../../../shared/event.ts';
import { SAMPLE_ACCOUNT } from '../samples.ts';
import { operationsOf } from './models.ts';
import type { Subject } from './service-events.ts';
import { another, namedIn } from './world.ts';

/** Answers hold what they name as deep as this: `instancesSet.items.networkInterfaceSet.items.groupSet…`. */
const DEPTH = 4;

const isNest = (member: NormalizedSchema) =>
  member.isStructSchema() || (member.isListSchema() && !member.getValueSchema().isStringSchema());

/** Everything that the account has a word for, and what is required; `count` entries in each list of texts. */
export function shownOf(sdk: string, subject: Subject, count: 1 | 2): Shown {
  const wordFor = (name: string) => namedIn(sdk, subject, name);
  return {
    shows: (name, member) => isNest(member) || (wordFor(name) ?? wordFor(name.replace(/s$/, ''))) !== undefined,
    texts(name) {
      const text = wordFor(name) ?? `example-${name}`;
      return count === 1 ? [text] : [text, another(text)];
    },
    depth: DEPTH,
  };
}

const isBare = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.every(isBare);
  return isObject(value) && Object.entries(value).every(([key, inner]) => key === 'tag' || isBare(inner));
};

/** Without structures of which nothing has a word. */
export function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned).filter((member) => !isBare(member));
  return isObject(value) ? mapped(value, pruned, (inner) => !isBare(inner)) : value;
}

const mapped = (object: JsonObject, change: (value: unknown) => unknown, isKept = (_: unknown) => true): JsonObject =>
  Object.fromEntries(
    Object.entries(object)
      .map(([key, inner]) => [key, change(inner)] as const)
      .filter(([, inner]) => isKept(inner)),
  );

const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
/** Every key with a capital: CloudTrail keeps the API's own spelling for some services, and which these are is only measured. EC2's are. */
function capitalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(capitalized);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [upperFirst(key), capitalized(inner)]);
  return Object.fromEntries(entries);
}

type Change = (part: unknown, side: 'Request' | 'Response') => unknown;

/** The event with what was asked and what was answered changed. */
const altered = (event: JsonObject, change: Change): JsonObject => {
  const detail = event.detail as JsonObject;
  const requestParameters = change(detail.requestParameters, 'Request');
  const responseElements = change(detail.responseElements, 'Response');
  return { ...event, detail: { ...detail, requestParameters, responseElements } };
};

const ROOT = { type: 'Root', arn: `arn:aws:iam::${SAMPLE_ACCOUNT}:root`, accountId: SAMPLE_ACCOUNT };
const byRoot = (event: JsonObject): JsonObject => ({
  ...event,
  detail: { ...(event.detail as JsonObject), userIdentity: ROOT },
});

/** Without what nothing has a word for; of a wrapper around nothing EC2 leaves a text. */
function told(part: unknown, side: 'Request' | 'Response'): unknown {
  if (!isBare(part)) return pruned(part);
  const [wrapper] = isObject(part) ? Object.keys(part).filter((key) => key.endsWith(side)) : [];
  if (side === 'Response') return null;
  return wrapper === undefined ? {} : { [wrapper]: '' };
}

/** EC2's two styles differ by a wrapper; one was recorded that is called by a name of its own. */
function otherwiseWrapped(event: JsonObject, { name }: Operation): Readonly<Record<string, JsonObject>> {
  const isWrapped = (part: unknown, side: string): part is JsonObject => isObject(part) && `${name}${side}` in part;
  const without: Change = (part, side) => (isWrapped(part, side) ? part[`${name}${side}`] : part);
  const within = (wrapper: string, part: unknown) => (isObject(part) ? { [wrapper]: part } : part);
  if (!isWrapped((event.detail as JsonObject).requestParameters, 'Request'))
    return { "in EC2's wrapper": altered(event, (part, side) => within(`${name}${side}`, part)) };
  return {
    "without EC2's wrapper": altered(event, without),
    'in a wrapper of another name': altered(event, (part, side) => within(`Short${side}`, without(part, side))),
  };
}

/** A service need not repeat in its answer what was asked about. What stands deeper may be something else of the name. */
const isAskedAbout = ({ detail }: JsonObject, { id }: Subject) => {
  const { requestParameters } = detail as JsonObject;
  const top = isObject(requestParameters) ? Object.values(requestParameters) : [];
  return [...top, ...top.flatMap((part) => (isObject(part) ? Object.values(part) : []))].includes(id);
};

/** What the record of a call on the resource may look like, by what is particular about it; null where no model has the call. */
export async function envelopesOf(
  eventSource: string,
  eventName: string,
  subject: Subject,
): Promise<Readonly<Record<string, JsonObject>> | null> {
  const models = await operationsOf(eventSource, eventName);
  const model = models.find(({ sdk }) => sdk === subject.sdk) ?? models[0];
  if (model === undefined) return null;
  const { sdk, operation } = model;
  const predicted = (count: 1 | 2) => {
    const event = predictedEvent(eventSource, eventName, operation, shownOf(sdk, subject, count));
    const own = altered(event, told);
    return subject.byRoot ? byRoot(own) : own;
  };
  const one = predicted(1);
  return {
    'as predicted': one,
    'with several in each list': predicted(2),
    ...(isAskedAbout(one, subject)
      ? { 'without its answer': altered(one, (part, side) => (side === 'Response' ? null : part)) }
      : {}),
    ...(sdk === 'ec2' ? otherwiseWrapped(one, operation) : { 'with capitals': altered(one, capitalized) }),
  };
}
