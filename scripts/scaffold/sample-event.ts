import { NormalizedSchema } from '@smithy/core/schema';
import type { JsonObject } from '../../shared/event.ts';
import { isEmpty, lowerFirst, type Operation, type RecordStyle, recordStyle } from './record-style.ts';

export type CommandClass = new (input: object) => { readonly schema?: unknown };

/** Reads the model that a command of the SDK carries. Throws where it carries none. */
export function operationOf(command: CommandClass): Operation {
  const { schema } = new command({});
  if (!Array.isArray(schema)) throw new TypeError(`${command.name} carries no model`);
  const [, , name, traits, input, output] = schema;
  return { name, input: NormalizedSchema.of(input), output: NormalizedSchema.of(output), http: traits?.http ?? null };
}

/** What CloudTrail never shows, or shows as asterisks, and what says nothing about the resource. */
const LEFT_OUT = /password|secret(?!Id|Arn|Name)|privatekey|userdata|^(DryRun|ClientToken|ClientRequestToken)$/i;

/** What a record shows of the members of the model, beside those that are required. */
export interface Shown {
  /** Whether it shows the member; `siblings`: how many the structure has. */
  shows(name: string, member: NormalizedSchema, siblings: number): boolean;
  /** What stands where a text does; several where it stands in a list. */
  texts(name: string): readonly string[];
  /** Structures within structures are shown this deep. */
  readonly depth: number;
}

/** The members of a structure as a record or an answer shows them. */
export class Members {
  readonly #shown: Shown;
  readonly #list: RecordStyle['list'];

  constructor(shown: Shown, { list }: Pick<RecordStyle, 'list'>) {
    this.#shown = shown;
    this.#list = list;
  }

  of(schema: NormalizedSchema, key: RecordStyle['requestKey'], depth = 0): JsonObject {
    if (!schema.isStructSchema() || depth > this.#shown.depth) return {};
    const all = [...schema.structIterator()];
    // In the model's order, which begins with them.
    const required = Number((schema.getSchema() as readonly unknown[])[6] ?? 0);
    return Object.fromEntries(
      all
        .filter(
          ([name, member], index) =>
            !isLeftOut(name, member) && (index < required || this.#shown.shows(name, member, all.length)),
        )
        .map(([name, member]) => [key(name, member), this.#values(name, member, key, depth)[0]]),
    );
  }

  /** The least value of the type; texts say what they stand for. */
  #values(name: string, member: NormalizedSchema, key: RecordStyle['requestKey'], depth: number): readonly unknown[] {
    if (member.isListSchema())
      return [this.#list(this.#values(name.replace(/s$/, ''), member.getValueSchema(), key, depth))];
    if (member.isStructSchema()) return [this.of(member, key, depth + 1)];
    if (member.isMapSchema() || member.isDocumentSchema()) return [{}];
    if (member.isBooleanSchema()) return [false];
    if (member.isNumericSchema()) return [1];
    if (member.isTimestampSchema()) return ['Nov 4, 2026, 10:06:27 AM'];
    return this.#shown.texts(name);
  }
}

const isLeftOut = (name: string, member: NormalizedSchema) =>
  LEFT_OUT.test(name) || member.getMergedTraits().httpHeader !== undefined;

/** The event of a call, as EventBridge hands on CloudTrail's record: the shape follows from the SDK's model and from what CloudTrail makes of it. `eventName` need not be the operation's. */
export function predictedEvent(
  eventSource: string,
  eventName: string,
  operation: Operation,
  shown: Shown,
  style = recordStyle(eventSource.replace('.amazonaws.com', ''), operation),
): JsonObject {
  const members = new Members(shown, style);
  const request = style.request(members.of(operation.input, style.requestKey), operation);
  const response = style.response(members.of(operation.output, style.responseKey), operation);
  return {
    version: '0',
    id: '3f0c6a53-2c0e-4a39-9a0e-1f6f0a6d2b11',
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${eventSource.replace('.amazonaws.com', '')}`,
    account: '111122223333',
    time: '2026-11-04T10:06:27Z',
    region: 'eu-west-1',
    resources: [],
    detail: {
      eventVersion: '1.11',
      userIdentity: USER,
      eventTime: '2026-11-04T10:06:27Z',
      eventSource,
      eventName,
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

/** A sample event of an operation that changes a resource (`vpc-endpoint`): it shows what names the resource, and `Arn`, `Id` and `Name`; the values are placeholders. */
export function sampleEvent(eventSource: string, resource: string, operation: Operation): JsonObject {
  const last = resource.split('-').at(-1);
  const naming = new RegExp(`^(arn|id|name)$|${resource.replaceAll('-', '')}|^${last}(id|name|arn)s?$`, 'i');
  return predictedEvent(eventSource, operation.name, operation, {
    shows: (name, _member, siblings) => siblings === 1 || naming.test(name),
    texts: (name) => [`example-${lowerFirst(name)}`],
    depth: 2,
  });
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
