import { randomUUID } from 'node:crypto';
import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  GetEventSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { orNull } from '../../../shared/resource.ts';
import type { Json } from '../recorded-events.ts';
import type { TestAccount } from '../sandbox.ts';
import type { Stage } from './stage.ts';

/** A trail of the event's own name, for all regions, in perfect order. */
async function goodTrail({ aws, region }: TestAccount, nameOrArn: string) {
  const client = aws()(CloudTrailClient);
  const Name = nameOrArn.split('/').at(-1) ?? '';
  const Bucket = `logs-${randomUUID()}`;
  const CreateBucketConfiguration = { LocationConstraint: region as never };
  await aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const settings = { IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true, EnableLogFileValidation: true };
  const create = (rest: object = {}) =>
    client.send(new CreateTrailCommand({ Name, S3BucketName: Bucket, ...settings, ...rest }));
  const start = () => client.send(new StartLoggingCommand({ Name }));
  const state = async () => {
    const found = await orNull(client.send(new GetTrailCommand({ Name })), 'TrailNotFoundException');
    if (found === null) return null;
    const { IsLogging } = await client.send(new GetTrailStatusCommand({ Name }));
    return { bucket: found.Trail?.S3BucketName, logs: IsLogging, digests: found.Trail?.LogFileValidationEnabled };
  };
  return { client, Name, create, start, state, right: { bucket: Bucket, logs: true, digests: true } };
}

export const trailStopped: Stage = async (account, { record }) => {
  const { create, state, right } = await goodTrail(account, record.requestParameters.name);
  await create();
  return { renamed: {}, state, right };
};

export const trailDeleted: Stage = async (account, { record }, look) => {
  const { client, Name, create, start, state, right } = await goodTrail(account, record.requestParameters.name);
  const made = await create();
  await start();
  await look({ resourceType: 'AWS::CloudTrail::Trail', resourceId: made.TrailARN });
  await client.send(new DeleteTrailCommand({ Name }));
  return { renamed: {}, state, right };
};

export const trailUpdated: Stage = async (account, { record }) => {
  const { create, start, state, right } = await goodTrail(account, record.requestParameters.name);
  await create({ EnableLogFileValidation: record.responseElements.logFileValidationEnabled });
  await start();
  return { renamed: {}, state, right };
};

export const selectorsNarrowed: Stage = async (account, { record }) => {
  const { client, Name, create, start } = await goodTrail(account, record.requestParameters.trailName);
  await create();
  await start();
  const EventSelectors = record.requestParameters.eventSelectors.map((selector: Json) => ({
    IncludeManagementEvents: selector.includeManagementEvents,
    ReadWriteType: selector.readWriteType,
  }));
  await client.send(new PutEventSelectorsCommand({ TrailName: Name, EventSelectors }));
  const state = async () => {
    const selectors = await client.send(new GetEventSelectorsCommand({ TrailName: Name }));
    return selectors.EventSelectors?.some(
      (selector) => selector.IncludeManagementEvents === true && selector.ReadWriteType === 'All',
    );
  };
  return { renamed: {}, state, right: true };
};
