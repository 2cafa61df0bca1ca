import type { NormalizedSchema } from '@smithy/core/schema';
import { isObject, type JsonObject, objectOrNull } from '../../shared/event.ts';
import { EC2_UNWRAPPED } from './ec2-unwrapped.ts';

/** An operation, as the SDK's own model has it. */
export interface Operation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Method, URI and status of an operation with an HTTP binding; null where the protocol has none. */
  readonly http: readonly [method: string, uri: string, status: number] | null;
}

/** How CloudTrail writes a service's records. Measured on public records: it keeps the names of the API and lowers their first letter, but for what follows. */
export interface RecordStyle {
  requestKey(name: string, member: NormalizedSchema): string;
  responseKey(name: string, member: NormalizedSchema): string;
  list(values: readonly unknown[]): unknown;
  /** What the members stand in. */
  request(members: JsonObject, operation: Operation): JsonObject;
  response(members: JsonObject, operation: Operation): JsonObject;
}

export const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
export const isEmpty = (members: JsonObject) => Object.keys(members).length === 0;
const unchanged = <T>(value: T): T => value;
const PLAIN: RecordStyle = {
  requestKey: lowerFirst,
  responseKey: lowerFirst,
  list: unchanged,
  request: unchanged,
  response: unchanged,
};

/** The answer's one structure is taken out of it: `dBInstanceArn`, not `dBInstance.dBInstanceArn`. */
const UNWRAPPING: RecordStyle = {
  ...PLAIN,
  response(members, { output }) {
    const [only, ...others] = output.isStructSchema() ? [...output.structIterator()] : [];
    if (only === undefined || others.length > 0 || !only[1].isStructSchema()) return members;
    return objectOrNull(members[lowerFirst(only[0])]) ?? {};
  },
};

const xmlName = (name: string, member: NormalizedSchema) => String(member.getMergedTraits().xmlName ?? name);
/** A list of texts in a request of EC2's old form: `{instancesSet: {items: [{instanceId}]}}`. */
const namedSets = ([name, value]: readonly [string, unknown]): readonly [string, unknown] => {
  const items = isObject(value) && Array.isArray(value.items) ? value.items : [];
  return typeof items[0] === 'string'
    ? [SETS[name] ?? `${name}Set`, { items: items.map((item) => ({ [name]: item })) }]
    : [name, value];
};
const SETS: Readonly<Record<string, string>> = { instanceId: 'instancesSet', resourceId: 'resourcesSet' };

/** EC2's calls of before 2015. Lists are `{items: […]}`. */
const EC2_OLD: RecordStyle = {
  ...PLAIN,
  requestKey: (name, member) => lowerFirst(xmlName(name, member)),
  responseKey: (name, member) => lowerFirst(xmlName(name, member)),
  list: (items) => ({ items }),
  request: (members) => Object.fromEntries(Object.entries(members).map(namedSets)),
};
/** EC2's later calls: all in one member, the request in the spelling of the query. One member of a list is no list. */
const EC2_WRAPPED: RecordStyle = {
  requestKey: (name, member) => String(member.getMergedTraits().ec2QueryName ?? xmlName(name, member)),
  responseKey: EC2_OLD.responseKey,
  list(values) {
    const tagged = values.map((content) => ({ tag: 1, content }));
    return tagged.length === 1 ? tagged[0] : tagged;
  },
  request: (members, { name }) => ({ [`${name}Request`]: members }),
  response: (members, { name }) => (isEmpty(members) ? members : { [`${name}Response`]: members }),
};

/** Where a member travels beside the body, or is the body. */
const BOUND = ['httpLabel', 'httpQuery', 'httpHeader', 'httpPayload'];
/** Members that are of the body only because nothing says where they travel. */
const bodyNames = ({ input }: Operation): readonly string[] =>
  !input.isStructSchema()
    ? []
    : [...input.structIterator()]
        .filter(([, member]) => BOUND.every((trait) => member.getMergedTraits()[trait] === undefined))
        .map(([name, member]) => S3.requestKey(name, member));

/** S3 names the bucket `bucketName`, keeps what stands in a body below its root, and adds the sub-resource and the host. */
const S3: RecordStyle = {
  ...PLAIN,
  requestKey(name, member) {
    if (name === 'Bucket') return 'bucketName';
    return member.getMergedTraits().httpLabel ? lowerFirst(name) : xmlName(name, member);
  },
  request(members, operation) {
    const { http, name } = operation;
    const [path = '', query] = http?.[1].split('?') ?? [];
    // What S3's own API asks as a query, S3 Control's has as the end of its path.
    const subresource = query?.split(/[=&]/)[0] ?? /configuration\/(\w+)$/.exec(path)?.[1];
    const within = bodyNames(operation).filter((key) => key in members);
    const beside = Object.entries(members).filter(([key]) => !within.includes(key));
    return {
      ...Object.fromEntries(beside),
      ...(within.length === 0 ? {} : { [`${name}Request`]: Object.fromEntries(within.map((k) => [k, members[k]])) }),
      ...(subresource === undefined ? {} : { [subresource]: '' }),
      Host: `${members.bucketName ?? 'example'}.s3.eu-west-1.amazonaws.com`,
    };
  },
  response: () => ({}),
};

/** REST APIs: what the path names stands by itself, the whole input a second time below `<operation>Input`. */
const API_GATEWAY: RecordStyle = {
  ...PLAIN,
  request(members, { name, input }) {
    const labels = !input.isStructSchema()
      ? []
      : [...input.structIterator()].filter(([, member]) => member.getMergedTraits().httpLabel).map(([key]) => key);
    const inPath = Object.entries(members).filter(([key]) => labels.map(lowerFirst).includes(key));
    return { ...Object.fromEntries(inPath), [`${lowerFirst(name)}Input`]: members, template: false };
  },
};

const KEEPING: RecordStyle = { ...PLAIN, requestKey: unchanged, responseKey: unchanged };
const BY_SERVICE: Readonly<Record<string, RecordStyle>> = {
  ...Object.fromEntries(['rds', 'redshift', 'elasticache'].map((service) => [service, UNWRAPPING])),
  ...Object.fromEntries(['securityhub', 'ce', 'connect', 'airflow'].map((service) => [service, KEEPING])),
  s3: S3,
  's3-control': S3,
};

/** How CloudTrail writes this operation of the service whose records begin with `ec2`. */
export function recordStyle(service: string, { name, http }: Operation): RecordStyle {
  if (service === 'ec2') return EC2_UNWRAPPED.has(name) ? EC2_OLD : EC2_WRAPPED;
  if (service === 'apigateway') return http?.[1].startsWith('/v2/') ? PLAIN : API_GATEWAY;
  return BY_SERVICE[service] ?? PLAIN;
}
