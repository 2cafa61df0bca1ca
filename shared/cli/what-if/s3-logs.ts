import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { Aws } from '../../resource.ts';
import { DAY_MS, dayOf } from '../../time.ts';
import { inOneLine } from '../aws-problem.ts';
import { UsageError } from '../errors.ts';
import type { Scope } from './reading.ts';

/** A prefix of a bucket. */
export interface S3Place {
  readonly bucket: string;
  readonly prefix: string;
}

/** An object of a log: its address, its size, and its content. */
export interface S3Log {
  readonly name: string;
  readonly bytes: number;
  /** Throws the SDK's error. */
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/** What of a bucket is read. */
export interface S3Scope extends Scope {
  /** Folders of other accounts, beside its own, are left out. */
  readonly accountId: string;
}

const S3_URL = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s;
const LOG_OBJECT = /\.(json|jsonl|ndjson)(\.gz)?$/;
/** `AWSLogs/ACCOUNT/CloudTrail/REGION/2026/11/27/`, an organization's with its id before the account, or a beginning of that. */
const FOLDER =
  /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\/(?:([^/]+)\/(?:([a-z0-9-]+)\/(?:(\d{4})\/(?:(\d{2})\/(?:(\d{2})\/)?)?)?)?)?$/;
const ACCOUNT_FOLDER = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\//;

export const isS3Url = (source: string): boolean => source.startsWith('s3://');

/** The place that an URL names. Throws UsageError for one that names none. */
export function s3Place(url: string): S3Place {
  const found = S3_URL.exec(url);
  if (found === null) throw new UsageError(`${url}: not s3://bucket or s3://bucket/prefix`);
  return { bucket: found[1] ?? '', prefix: found[2] ?? '' };
}

/** True where a folder may hold what is in scope. What is not laid out as CloudTrail does is. Pure. */
export function isWanted(folder: string, { prefix }: S3Place, { accountId, region, from, to }: S3Scope): boolean {
  const found = FOLDER.exec(folder);
  if (found === null) return true;
  const [, account, service, place, ...date] = found;
  if (account !== accountId && !ACCOUNT_FOLDER.test(prefix)) return false;
  if (service !== undefined && service !== 'CloudTrail') return false;
  if (place !== undefined && region !== null && place !== region) return false;
  const day = date.filter((part) => part !== undefined).join('-');
  // What happens before midnight may be delivered after it.
  return dayIn(from).slice(0, day.length) <= day && day <= dayIn(to + DAY_MS).slice(0, day.length);
}

/** The furthest days that a date can be. */
const [FIRST_DAY, LAST_DAY] = ['0000-01-01', '9999-12-31'];
const MAX_TIME_MS = Date.parse(LAST_DAY);
const dayIn = (time: number): string =>
  time <= 0 ? FIRST_DAY : time >= MAX_TIME_MS ? LAST_DAY : dayOf(new Date(time));

/** The objects of a log below a prefix, folder by folder. Throws UsageError where the bucket cannot be listed. */
export async function* s3Logs(aws: Aws, place: S3Place, scope: S3Scope): AsyncGenerator<S3Log> {
  const { bucket: Bucket } = place;
  const folders = [place.prefix];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    let token: string | undefined;
    const below: string[] = [];
    do {
      const page = await listed(aws, Bucket, folder, token);
      for (const { Key: key = '', Size: bytes = 0 } of page.Contents ?? [])
        if (LOG_OBJECT.test(key))
          yield { name: `s3://${Bucket}/${key}`, bytes, open: () => contentOf(aws, Bucket, key) };
      below.push(
        ...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix).filter((one) => isWanted(one, place, scope)),
      );
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
    folders.unshift(...below);
  }
}

async function listed(aws: Aws, Bucket: string, Prefix: string, ContinuationToken?: string) {
  try {
    return await aws(S3Client).send(
      new ListObjectsV2Command({
        Bucket,
        Prefix,
        Delimiter: '/',
        ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      }),
    );
  } catch (error) {
    const needs = 'reading a log takes s3:ListBucket and s3:GetObject';
    throw new UsageError(`s3://${Bucket}/${Prefix}: cannot be listed: ${inOneLine(error)}; ${needs}`);
  }
}

async function contentOf(aws: Aws, Bucket: string, Key: string): Promise<AsyncIterable<Uint8Array>> {
  const { Body } = await aws(S3Client).send(new GetObjectCommand({ Bucket, Key }));
  if (Body === undefined) throw new Error('S3 answered without its content');
  return Body as unknown as AsyncIterable<Uint8Array>;
}
