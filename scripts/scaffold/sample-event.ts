import { NormalizedSchema } from '@smithy/core/schema';
import { isObject, type JsonObject } from '../../shared/event.ts';
import { EC2_UNWRAPPED } from './ec2-unwrapped.ts';

/** An operation, as the SDK's own model has it. */
export interface Operation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Method, URI and status of an operation with an HTTP binding; null where the protocol has none. */
  readonly http: readonly [method: string, uri: string, status: number] | null;
}

export type CommandClass = new (input: object) => { readonly schema?: unknown };

/** Reads the model that a command of the SDK carries. Throws where it carries none. */
export function operationOf(command: CommandClass): Operation {
  const { schema } = new command({});
  if (!Array.isArray(schema)) throw new TypeError(`${command.name} carries no model`);
  const [, , name, traits, input, output] = schema;
  return { name, input: NormalizedSchema.of(input), output: NormalizedSchema.of(output), http: traits?.http ?? null };
}

/** How CloudTrail writes a service's records. Measured on public records: it keeps the names of the API and lowers their first letter, but for what follows. */
interface Style {
  requestKey(name: string, member: NormalizedSchema): string;
  responseKey(name: string, member: NormalizedSchema): string;
  list(value: unknown): unknown;
  /** What the members stand in. */
  request(members: JsonObject, operation: Operation): JsonObject;
  response(members: JsonObject, operation: Operation): JsonObject;
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
const unchanged = <T>(value: T): T => value;
const PLAIN: Style = {
  requestKey: lowerFirst,
  responseKey: lowerFirst,
  list: (value) => [value],
  request: unchanged,
  response: unchanged,
};

/** The answer's one structure is taken out of it: `dBInstanceArn`, not `dBInstance.dBInstanceArn`. */
const UNWRAPPING: Style = {
  ...PLAIN,
  response(members, { output }) {
    const [only, ...others] = output.isStructSchema() ? [...output.structIterator()] : [];
    if (only === undefined || others.length > 0 || !only[1].isStructSchema()) return members;
    return members[lowerFirst(only[0])] as JsonObject;
  },
};

const xmlName = (name: string, member: NormalizedSchema) => String(member.getMergedTraits().xmlName ?? name);
/** A list of texts in a request of EC2's old form: `{instancesSet: {items: [{instanceId}]}}`. */
const namedSets = ([name, value]: readonly [string, unknown]): readonly [string, unknown] => {
  const [item] = isObject(value) && Array.isArray(value.items) ? value.items : [];
  return typeof item === 'string'
    ? [name === 'instanceId' ? 'instancesSet' : `${name}Set`, { items: [{ [name]: item }] }]
    : [name, value];
};

/** EC2's calls of before 2015. Lists are `{items: […]}`. */
const EC2_OLD: Style = {
  ...PLAIN,
  requestKey: (name, member) => lowerFirst(xmlName(name, member)),
  responseKey: (name, member) => lowerFirst(xmlName(name, member)),
  list: (value) => ({ items: [value] }),
  request: (members) => Object.fromEntries(Object.entries(members).map(namedSets)),
};
/** EC2's later calls: all in one member, the request in the spelling of the query. */
const EC2_WRAPPED: Style = {
  requestKey: (name, member) => String(member.getMergedTraits().ec2QueryName ?? xmlName(name, member)),
  responseKey: EC2_OLD.responseKey,
  list: (value) => ({ tag: 1, content: value }),
  request: (members, { name }) => ({ [`${name}Request`]: members }),
  response: (members, { name }) => (isEmpty(members) ? members : { [`${name}Response`]: members }),
};

/** S3 names the bucket `bucketName`, keeps what stands in a body, and adds the sub-resource and the host. */
const S3: Style = {
  ...PLAIN,
  requestKey: (name, member) => (member.getMergedTraits().httpLabel ? 'bucketName' : xmlName(name, member)),
  request(members, { http }) {
    const subresource = http?.[1].split('?')[1]?.split(/[=&]/)[0];
    const host = `${members.bucketName ?? 'example'}.s3.eu-west-1.amazonaws.com`;
    return { ...members, ...(subresource === undefined ? {} : { [subresource]: '' }), Host: host };
  },
  response: () => ({}),
};

const KEEPING: Style = { ...PLAIN, requestKey: unchanged, responseKey: unchanged };
const BY_SERVICE: Readonly<Record<string, Style>> = {
  ...Object.fromEntries(['rds', 'redshift', 'elasticache'].map((service) => [service, UNWRAPPING])),
  ...Object.fromEntries(['securityhub', 'ce', 'connect', 'airflow'].map((service) => [service, KEEPING])),
  s3: S3,
};

const styleOf = (service: string, { name }: Operation): Style =>
  service === 'ec2' ? (EC2_UNWRAPPED.has(name) ? EC2_OLD : EC2_WRAPPED) : (BY_SERVICE[service] ?? PLAIN);

/** What CloudTrail never shows, or shows as asterisks, and what says nothing about the resource. */
const LEFT_OUT = /password|secret(?!Id|Arn|Name)|privatekey|userdata|^(DryRun|ClientToken|ClientRequestToken)$/i;
/** Structures within structures are shown this deep. */
const MAX_DEPTH = 2;

/** Which members of a structure a sample shows: the required ones, those that name the resource, and `Arn`, `Id` and `Name`. */
class Members {
  readonly #naming: RegExp;
  readonly #list: Style['list'];

  constructor(resource: string, { list }: Style) {
    const last = resource.split('-').at(-1);
    this.#naming = new RegExp(`^(arn|id|name)$|${resource.replaceAll('-', '')}|^${last}(id|name|arn)s?$`, 'i');
    this.#list = list;
  }

  of(schema: NormalizedSchema, key: Style['requestKey'], depth = 0): JsonObject {
    if (!schema.isStructSchema() || depth > MAX_DEPTH) return {};
    const all = [...schema.structIterator()];
    // In the model's order, which begins with them.
    const required = Number((schema.getSchema() as readonly unknown[])[6] ?? 0);
    return Object.fromEntries(
      all
        .filter(([name, member], index) => !isLeftOut(name, member) && (index < required || this.#isNaming(name, all)))
        .map(([name, member]) => [key(name, member), this.#value(name, member, key, depth)]),
    );
  }

  #isNaming(name: string, all: readonly unknown[]): boolean {
    return all.length === 1 || this.#naming.test(name);
  }

  /** The least value of the type; texts say what they stand for. */
  #value(name: string, member: NormalizedSchema, key: Style['requestKey'], depth: number): unknown {
    if (member.isListSchema())
      return this.#list(this.#value(name.replace(/s$/, ''), member.getValueSchema(), key, depth));
    if (member.isStructSchema()) return this.of(member, key, depth + 1);
    if (member.isMapSchema() || member.isDocumentSchema()) return {};
    if (member.isBooleanSchema()) return false;
    if (member.isNumericSchema()) return 1;
    if (member.isTimestampSchema()) return 'Nov 4, 2026, 10:06:27 AM';
    return `example-${lowerFirst(name)}`;
  }
}

const isLeftOut = (name: string, member: NormalizedSchema) =>
  LEFT_OUT.test(name) || member.getMergedTraits().httpHeader !== undefined;
const isEmpty = (members: JsonObject) => Object.keys(members).length === 0;

/** A sample event of an operation that changes a resource (`vpc-endpoint`), as EventBridge hands on CloudTrail's record: the shape follows from the SDK's model and from what CloudTrail makes of it, the values are placeholders. */
export function sampleEvent(eventSource: string, resource: string, operation: Operation): JsonObject {
  const service = eventSource.replace('.amazonaws.com', '');
  const style = styleOf(service, operation);
  const members = new Members(resource, style);
  const request = style.request(members.of(operation.input, style.requestKey), operation);
  const response = style.response(members.of(operation.output, style.responseKey), operation);
  return {
    version: '0',
    id: '3f0c6a53-2c0e-4a39-9a0e-1f6f0a6d2b11',
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${service}`,
    account: '111122223333',
    time: '2026-11-04T10:06:27Z',
    region: 'eu-west-1',
    resources: [],
    detail: {
      eventVersion: '1.11',
      userIdentity: USER,
      eventTime: '2026-11-04T10:06:27Z',
      eventSource,
      eventName: operation.name,
      awsRegion: 'eu-west-1',
      sourceIPAddress: '198.51.100.23',
      userAgent: 'aws-cli/2.31.4',
      requestParameters: request,
      responseElements: isEmpty(response) ? null : response,
      requestID: 'c1d6f2d0-6a57-4b0a-9d5c-0c8f4a4e7a10',
      eventID: '8b1c6f0e-5d3a-4f5e-8d0b-2f7a9c3e6d45',
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: '111122223333',
      eventCategory: 'Management',
    },
  };
}

const USER = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLEDEVELOPER:jo',
  arn: 'arn:aws:sts::111122223333:assumed-role/Developer/jo',
  accountId: '111122223333',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAEXAMPLEDEVELOPER',
      arn: 'arn:aws:iam::111122223333:role/Developer',
      accountId: '111122223333',
      userName: 'Developer',
    },
    attributes: { creationDate: '2026-11-03T07:58:12Z', mfaAuthenticated: 'true' },
  },
};
