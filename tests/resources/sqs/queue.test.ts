import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { awsClients } from '../../../shared/aws/clients.ts';
import { everyListed } from '../../../shared/resource.ts';
import { queue } from '../../../shared/resources/sqs/queue.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { REGION, sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, idsFrom, testResource } from '../../support/test-resource.ts';

const URL = 'https://sqs.eu-west-1.amazonaws.com/111122223333/orders';

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');

testResource(queue, {
  events: {
    'sqs/CreateQueue': [URL],
    'sqs/SetQueueAttributes': [URL],
    'sqs/AddPermission': [URL],
    'sqs/RemovePermission': [URL],
    'sqs/DeleteQueue': [URL],
  },
  hasSilentListing: true,
});

test('a queue is read with no more than the declared actions, its policy as text', async () => {
  const account = await testAccount();
  const sqs = account.aws()(SQSClient);
  const { QueueUrl: open = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'open' }));
  const statement = { Sid: 'a', Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' };
  const document = { Version: '2012-10-17', Statement: [statement] };
  const Policy = JSON.stringify(document);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: open, Attributes: { Policy } }));
  const { QueueUrl: plain = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'plain.fifo', Attributes: { FifoQueue: 'true' }, tags: { team: 'orders' } }),
  );
  await expectDeclaredReads(queue, open, account);
  const ref = { resourceType: queue.type, resourceId: open, accountId: account.accountId, region: account.region };
  expect(JSON.parse((await queue.facets.policy.read(account.aws(), ref)) ?? '')).toEqual(document);
  expect(await queue.facets.policy.read(account.aws(), { ...ref, resourceId: plain })).toBeNull();
  expect(await queue.ownership?.read(account.aws(), ref)).toEqual({ tags: {}, service: null });
  expect(await queue.ownership?.read(account.aws(), { ...ref, resourceId: plain })).toEqual({
    tags: { team: 'orders' },
    service: null,
  });
  expect(queue.arn({ ...ref, resourceId: plain })).toBe(
    `arn:aws:sqs:${account.region}:${account.accountId}:plain.fifo`,
  );
  const gone = { ...ref, resourceId: `${open}-gone` };
  await expect(queue.facets.policy.read(account.aws(), gone)).rejects.toMatchObject({ name: queue.gone[0] });
});

test.each([
  'https://eu-west-1.queue.amazonaws.com/ACCOUNT/orders',
  'https://queue.amazonaws.com/ACCOUNT/orders/',
  'https://vpce-0a1b-2c3d.sqs.eu-west-1.vpce.amazonaws.com/ACCOUNT/orders',
])('a queue that was called by %s goes by the URL that SQS gives', async (called) => {
  const account = await testAccount();
  const event = (url: string) =>
    sampleEvent('sqs/SetQueueAttributes', { [URL]: url.replace('ACCOUNT', account.accountId) });
  const { QueueUrl = '' } = await account
    .aws()(SQSClient)
    .send(new CreateQueueCommand({ QueueName: 'orders' }));
  expect(await idsFrom(queue, event(called), account)).toEqual([QueueUrl]);
  const gone = called.replace('orders', 'gone').replace('ACCOUNT', account.accountId);
  expect(await idsFrom(queue, event(gone), account)).toEqual([gone]);
});

test('no queues are listed only where SQS says so twice', async () => {
  const account = await testAccount();
  await account
    .aws()(SQSClient)
    .send(new CreateQueueCommand({ QueueName: 'there' }));
  process.env.AWS_ENDPOINT_URL = wire.endpoint;
  const aws = awsClients()(REGION);
  const listed = (times: number) => {
    wire.alter([{ call: 'sqs:ListQueues', times, change: () => '{}' }]);
    return Array.fromAsync(everyListed(queue.list(aws, { accountId: account.accountId, region: REGION })));
  };
  await expect(listed(1)).rejects.toThrow('ListQueues answered without QueueUrls');
  expect(await listed(2)).toEqual([]);
});
