import {
  DeletePublicAccessBlockCommand,
  GetPublicAccessBlockCommand,
  PutPublicAccessBlockCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { orNull } from '../../shared/resource.ts';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { ALL_BLOCKED, bucketSettings, createBucket } from './bucket.ts';

export default {
  title: "The account's public access block is removed",
  expects: { 's3-account-public-access-blocked': 'remediated' },
  async prepare(account) {
    const AccountId = account.accountId;
    const client = account.aws(S3ControlClient);
    await client.send(new PutPublicAccessBlockCommand({ AccountId, PublicAccessBlockConfiguration: ALL_BLOCKED }));
    const bucket = await createBucket(account, 'downloads');
    return {
      async state() {
        const answer = client.send(new GetPublicAccessBlockCommand({ AccountId }));
        const found = await orNull(answer, 'NoSuchPublicAccessBlockConfiguration');
        return found?.PublicAccessBlockConfiguration ?? null;
      },
      neighbours: async () => ({ [`bucket ${bucket}`]: await bucketSettings(account, bucket) }),
      async happen() {
        await client.send(new DeletePublicAccessBlockCommand({ AccountId }));
        return { event: freshEvent('s3/DeleteAccountPublicAccessBlock', account) };
      },
    };
  },
} satisfies Scene;
