import { REGION, SAMPLE_ACCOUNT } from '../samples.ts';

/** What members of the API stand for, by their names; `<sdk> <member>` where only one SDK's is meant. */
export type Names = Readonly<Record<string, string>>;

/** An event that no SDK's model describes: the sample that stands for it, the ids in it, and why there is no model. */
export interface Unmodelled {
  readonly sample: string;
  readonly ids: readonly string[];
  readonly why: string;
}

/** One resource of a type: its id, which events have to lead to, and how the calls name it that take resources of several types. */
export interface Subject {
  readonly id: string;
  /** Where several APIs share an event source: the one that has the type. */
  readonly sdk?: string;
  /** The names that only its own calls use. */
  readonly names?: Names;
  /** Its own calls are the root user's. */
  readonly byRoot?: true;
  /** By source and name: `aws.acm ACM Certificate Expired`. */
  readonly unmodelled?: Readonly<Record<string, Unmodelled>>;
}

/** What tests/predicted-events.test.ts has to know of a service, to make its events from the SDK's model: the default export of tests/resources/<service>/predicted-events.ts. */
export interface ServiceEvents {
  /** One resource of each type. */
  readonly types: Readonly<Record<string, Subject>>;
  /** How the models of its SDKs name what is in the account, for the calls of every type. */
  readonly names?: Readonly<Record<string, Names>>;
  /** The SDKs whose calls an event source records, where it is called otherwise or stands for several. */
  readonly sdks?: Readonly<Record<string, readonly string[]>>;
  /** Operations of the API that CloudTrail records by another name, by SDK and event. */
  readonly operations?: Readonly<Record<string, string>>;
}

export const NOTIFICATION = 'the service sends it by itself, and no call is behind it';
export const SERVICE_EVENT = 'CloudTrail records what the service did by itself, and no operation has the name';

/** The ARN of something in the account; some ARNs leave the region or the account out. */
export const arn = (service: string, resource: string, { region = REGION, account = SAMPLE_ACCOUNT } = {}): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** The account itself, for a setting of it. */
export const accountSetting: Subject = { id: SAMPLE_ACCOUNT };

/** As AWS Backup names what it has backed up, and what it is to back up. */
export const backedUp = (resourceArn: string): Names => ({ ResourceArn: resourceArn, 'backup Resource': resourceArn });
