import { expect, test } from '@jest/globals';
import { tallying } from '../../bench/tally.ts';

const call = (service: string, body: unknown) => ({
  service,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const key = { pk: { S: 'a' }, sk: { S: 'b' } };

test('each service is counted by what it charges for, and all calls together', () => {
  const { see, taken } = tallying();
  see(call('sqs', { QueueUrl: 'q' }));
  see(call('s3', ''));
  see(call('events', { NamePrefix: 'evenkeel' }));
  see(call('sns', 'Action=Publish&TopicArn=t'));
  see(call('sns', 'Action=ListSubscriptionsByTopic&TopicArn=t'));
  see(call('ec2', 'Action=DescribeVolumes'));
  see(call('dynamodb', { Item: key }));
  see(call('dynamodb', { Key: key }));
  expect(taken()).toEqual({
    sqsRequests: 1,
    s3Requests: 1,
    publishes: 1,
    calls: 8,
    writeUnits: 1,
    readUnits: 1,
    keptBytes: 6 + 100,
  });
});

test('what was taken is not counted again', () => {
  const { see, taken } = tallying();
  see(call('sqs', {}));
  taken();
  expect(taken()).toMatchObject({ calls: 0, sqsRequests: 0 });
});
