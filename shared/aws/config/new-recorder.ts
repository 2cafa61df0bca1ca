import type { ConfigurationRecorder, DeliveryChannel } from '@aws-sdk/client-config-service';
import { DEFAULT_NAME } from './recorder-steps.ts';

/** What was there before; absent where nobody has seen one. */
export interface Lost {
  readonly recorder: ConfigurationRecorder | undefined;
  readonly channel: DeliveryChannel | undefined;
}

/** The channel to create: with the bucket that is asked for, else as it was; null where nothing says it. */
export function newChannel(s3BucketName: string, { channel }: Lost): DeliveryChannel | null {
  if (s3BucketName !== '') return { name: DEFAULT_NAME, s3BucketName };
  return channel === undefined ? null : { ...channel, name: channel.name ?? DEFAULT_NAME };
}

/** The recorder to create: with the role that is asked for, else as it was; null where nothing says it. Global types are recorded in one region. */
export const newRecorder = (
  roleARN: string,
  includeGlobalResourceTypes: boolean,
  { recorder }: Lost,
): ConfigurationRecorder | null =>
  roleARN === ''
    ? (recorder ?? null)
    : { name: DEFAULT_NAME, roleARN, recordingGroup: { allSupported: true, includeGlobalResourceTypes } };
