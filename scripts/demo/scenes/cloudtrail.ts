import {
  CloudTrailClient,
  CreateTrailCommand,
  type CreateTrailCommandInput,
  DeleteTrailCommand,
  type EventSelector,
  PutEventSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
  UpdateTrailCommand,
} from '@aws-sdk/client-cloudtrail';
import { told } from '../sample.ts';
import type { Account, Scene } from '../scene.ts';
import { bucketOf } from './s3.ts';

const WRITES_ONLY: EventSelector = { ReadWriteType: 'WriteOnly', IncludeManagementEvents: true };

/** A trail that logs, with a bucket of its own. */
async function trailOf(
  account: Account,
  Name: string,
  options: Partial<CreateTrailCommandInput> = {},
): Promise<string> {
  const client = account.aws(CloudTrailClient);
  const S3BucketName = await bucketOf(account, `${Name}-logs`);
  await client.send(new CreateTrailCommand({ Name, S3BucketName, EnableLogFileValidation: true, ...options }));
  await client.send(new StartLoggingCommand({ Name }));
  return Name;
}

/** The trail that records the whole account; several scenes are about it. */
const MAIN = 'main';
const aboutTrail = (sample: string, account: Account, name: string, at = 'requestParameters.name') =>
  told(`cloudtrail/${sample}`, account, { [at]: name });

const narrowed: Scene = {
  title: 'The trail of the account is narrowed to one region',
  expects: { 'cloudtrail-multi-region-trail-enabled': 'remediated' },
  async prepare(account) {
    await trailOf(account, MAIN, { IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true });
    return {
      async happen() {
        const change = { Name: MAIN, IsMultiRegionTrail: false, IncludeGlobalServiceEvents: true };
        await account.aws(CloudTrailClient).send(new UpdateTrailCommand(change));
        return { event: aboutTrail('UpdateTrail', account, MAIN) };
      },
    };
  },
};

const selectors: Scene = {
  title: "The trail's event selectors are cut down to writes",
  expects: { 'cloudtrail-multi-region-trail-enabled': 'remediated' },
  async prepare(account) {
    return {
      async happen() {
        const change = { TrailName: MAIN, EventSelectors: [WRITES_ONLY] };
        await account.aws(CloudTrailClient).send(new PutEventSelectorsCommand(change));
        return {
          event: aboutTrail('PutEventSelectors', account, MAIN, 'requestParameters.trailName'),
          leaves: [`trail ${MAIN} selectors`],
        };
      },
    };
  },
};

const validation: Scene = {
  title: "The trail's log file validation is turned off",
  expects: { 'cloudtrail-log-file-validation-enabled': 'remediated' },
  async prepare(account) {
    return {
      async happen() {
        const change = { Name: MAIN, EnableLogFileValidation: false };
        await account.aws(CloudTrailClient).send(new UpdateTrailCommand(change));
        return { event: aboutTrail('UpdateTrail', account, MAIN) };
      },
    };
  },
};

const stopped: Scene = {
  title: 'A trail is stopped while another one still logs',
  expects: { 'cloudtrail-trail-logging-enabled': 'remediated' },
  async prepare(account) {
    const Name = await trailOf(account, 'siem');
    return {
      async happen() {
        await account.aws(CloudTrailClient).send(new StopLoggingCommand({ Name }));
        return { event: aboutTrail('StopLogging', account, Name) };
      },
    };
  },
};

const deleted: Scene = {
  title: 'A trail is deleted, with its selectors and tags; Evenkeel had seen it before',
  expects: { 'cloudtrail-trail-logging-enabled': 'remediated' },
  async prepare(account) {
    const client = account.aws(CloudTrailClient);
    const Name = await trailOf(account, 'payments', { TagsList: [{ Key: 'team', Value: 'payments' }] });
    await client.send(new PutEventSelectorsCommand({ TrailName: Name, EventSelectors: [WRITES_ONLY] }));
    return {
      earlier: [aboutTrail('StartLogging', account, Name)],
      async happen() {
        await client.send(new DeleteTrailCommand({ Name }));
        return { event: aboutTrail('DeleteTrail', account, Name) };
      },
    };
  },
};

export const cloudtrailScenes: readonly Scene[] = [narrowed, selectors, validation, stopped, deleted];
