import { DeletePublicAccessBlockCommand, PutPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import { carried, IncompleteAnswerError } from '../answer.ts';

/** The four flags of Block Public Access, all on. */
export const ALL_BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
} as const;

type Flag = keyof typeof ALL_BLOCKED;
export type PublicAccessBlock = { readonly [F in Flag]?: boolean | undefined };

const FLAGS = Object.keys(ALL_BLOCKED) as Flag[];

/** The flags that are not on; all four where nothing is configured. */
export const missingFlags = (configuration: PublicAccessBlock | null): readonly Flag[] =>
  FLAGS.filter((flag) => configuration?.[flag] !== true);

/** The configuration that S3 answered with. Throws IncompleteAnswerError where it says of no flag whether it is on: an empty answer is not "nothing is blocked". */
export function publicAccessBlockIn<C extends PublicAccessBlock>(answer: {
  readonly PublicAccessBlockConfiguration?: C | undefined;
}): C {
  const configuration = carried('GetPublicAccessBlock', 'a configuration', answer.PublicAccessBlockConfiguration);
  if (FLAGS.every((flag) => configuration[flag] === undefined))
    throw new IncompleteAnswerError('GetPublicAccessBlock answered without any flag');
  return configuration;
}

/** Block Public Access of a bucket, as a setting that is put whole. */
export const publicAccessBlockOfBucket = {
  client: S3Client,
  put: PutPublicAccessBlockCommand,
  delete: DeletePublicAccessBlockCommand,
  member: 'PublicAccessBlockConfiguration',
  permissions: { 's3:PutBucketPublicAccessBlock': 'arn:${AWS::Partition}:s3:::*' },
} as const;
