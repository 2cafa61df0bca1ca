import {
  CloudTrailClient,
  CreateTrailCommand,
  DeleteTrailCommand,
  StartLoggingCommand,
} from '@aws-sdk/client-cloudtrail';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, expect, test } from '@jest/globals';
import { controls } from '../../shared/controls/index.ts';
import { receive } from '../../shared/engine/intake/reconcile-change.ts';
import { sweepMessage } from '../../shared/engine/sweep/cursor.ts';
import type { JsonObject } from '../../shared/event.ts';
import { messageSender } from '../../shared/lambda/send-messages.ts';
import { isSweep, sweepFrom } from '../../shared/lambda/sweep.ts';
import { systemClock } from '../../shared/time.ts';
import { makeHands, REMEDIATE } from '../support/cli-fixture.ts';
import { ADMIN_PORTS, ingressOf, openGroup } from '../support/drift.ts';
import { REGION } from '../support/samples.ts';

const LOGGING = 'cloudtrail-trail-logging-enabled';
const AFAR = 'eu-central-1';
const hands = await makeHands();
const { account } = hands;
const sqs = account.aws()(SQSClient);
const own = controls.filter(({ id }) => id === ADMIN_PORTS || id === LOGGING);
const domains = { ec2: 'infrastructure', cloudtrail: 'infrastructure' } as const;
const engine = {
  ...hands.engine(`${REMEDIATE.trimEnd().slice(0, -1)}, ${LOGGING}: { mode: remediate } }\n`),
  send: messageSender({ aws: account.aws(), prefix: 'own', domains, clock: systemClock }),
};

/** The queue of the domain, which gets all that Evenkeel sends to itself. */
let QueueUrl = '';
beforeAll(async () => {
  QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'own-infrastructure' }))).QueueUrl ?? '';
});

async function sent(): Promise<readonly JsonObject[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages.map(({ Body = '' }) => JSON.parse(Body));
}

let runs = 0;
const beginning = (service: string, region = REGION) => {
  runs += 1;
  const { detailType, detail } = sweepMessage({ service, accountId: account.accountId, region }, `run-${runs}`);
  return { source: 'evenkeel', 'detail-type': detailType, detail };
};
const sweep = (event: JsonObject, milliseconds = 120_000) =>
  sweepFrom(event, engine, {
    controls: own,
    home: REGION,
    accountId: account.accountId,
    time: { getRemainingTimeInMillis: () => milliseconds },
  });
async function reconcileChange(event: JsonObject) {
  const fallback = { accountId: account.accountId, region: REGION };
  return (await Array.fromAsync(receive(event, engine, { controls: own, fallback }))).flat();
}

test('a sweep writes nothing; what has drifted comes in through the front door and is remediated there', async () => {
  const group = await openGroup(account, 'open');
  const there = await openGroup({ ...account, aws: (region = AFAR) => account.aws(region) }, 'afar');
  expect(await sweep(beginning('ec2'))).toMatchObject({ region: REGION, rechecks: 1, dropped: null });
  expect(await ingressOf(account, [group])).toHaveLength(2);
  const events = await sent();
  expect(events).toMatchObject([
    {
      source: 'evenkeel',
      'detail-type': 'Evenkeel Recheck',
      detail: { service: 'ec2', resourceType: 'AWS::EC2::SecurityGroup', resourceId: group, region: REGION },
    },
  ]);
  expect(await reconcileChange(events[0] as JsonObject)).toMatchObject([{ outcome: 'remediated', resourceId: group }]);
  expect(await sweep(beginning('ec2'))).toMatchObject({ rechecks: 0 });

  expect(await sweep(beginning('ec2', AFAR))).toMatchObject({ region: AFAR, rechecks: 1 });
  const [afar, ...others] = await sent();
  expect(others).toEqual([]);
  expect(afar).toMatchObject({ detail: { resourceId: there, region: AFAR } });
  expect(await reconcileChange(afar as JsonObject)).toMatchObject([{ outcome: 'remediated', region: AFAR }]);
});

test('a trail that is gone is found by what the ledger keeps of it', async () => {
  const trails = account.aws()(CloudTrailClient);
  const Bucket = `audit-${account.accountId}`;
  const CreateBucketConfiguration = { LocationConstraint: REGION } as const;
  await account.aws()(S3Client).send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const { TrailARN = '' } = await trails.send(new CreateTrailCommand({ Name: 'audit', S3BucketName: Bucket }));
  await trails.send(new StartLoggingCommand({ Name: 'audit' }));
  const recheck = (resourceId: string) => ({
    source: 'evenkeel',
    'detail-type': 'Evenkeel Recheck',
    detail: { resourceType: 'AWS::CloudTrail::Trail', resourceId, accountId: account.accountId, region: REGION },
  });
  expect(await reconcileChange(recheck(TrailARN))).toMatchObject([{ outcome: 'compliant' }]);
  expect(await sweep(beginning('cloudtrail'))).toMatchObject({ resources: 1, rechecks: 0 });
  await trails.send(new DeleteTrailCommand({ Name: 'audit' }));
  expect(await sweep(beginning('cloudtrail', AFAR))).toMatchObject({ rechecks: 0 });
  expect(await sweep(beginning('cloudtrail'))).toMatchObject({ resources: 0, rechecks: 1 });
  const [event] = await sent();
  expect(event).toMatchObject({ detail: { service: 'cloudtrail', resourceId: TrailARN } });
  expect(await reconcileChange(event as JsonObject)).toMatchObject([{ outcome: 'remediated' }]);
});

test('where the time of the function is nearly over the sweep goes on by a message, and ends', async () => {
  const event = beginning('ec2');
  expect(await sweep(event, 20_000)).toMatchObject({ handedOn: true, resources: 0 });
  const [next, ...others] = await sent();
  expect(others).toEqual([]);
  expect(isSweep(next)).toBe(true);
  expect(next).toMatchObject({ detail: { ...event.detail, slice: 1, cursor: { type: 'AWS::EC2::SecurityGroup' } } });
  expect(await sweep(beginning('ec2'))).toMatchObject({ dropped: 'a sweep is under way' });
  expect(await sweep(next as JsonObject)).toMatchObject({ handedOn: false, dropped: null });
  expect(await sweep(next as JsonObject)).toMatchObject({ dropped: 'its sweep is done' });
});

test('only a slice of a sweep is one', () => {
  const event = beginning('ec2');
  for (const other of [{ ...event, source: 'aws.ec2' }, { ...event, 'detail-type': 'Evenkeel Recheck' }, 'text', null])
    expect(isSweep(other)).toBe(false);
});
