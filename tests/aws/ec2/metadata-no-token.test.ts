import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { expect, test } from '@jest/globals';
import { callsWithoutToken } from '../../../shared/aws/ec2/metadata-no-token.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/time.ts';
import { testAccount } from '../../support/sandbox.ts';

const account = await testAccount();

/** Gives an instance a datapoint for each of the last `hours`, the latest with this value and the rest with 0. */
async function counted(instanceId: string, hours: number, latest: number): Promise<void> {
  const full = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const MetricData = Array.from({ length: hours }, (_, n) => ({
    MetricName: 'MetadataNoToken',
    Dimensions: [{ Name: 'InstanceId', Value: instanceId }],
    Timestamp: new Date(full - n * HOUR_MS - MINUTE_MS),
    Value: n === 0 ? latest : 0,
  }));
  await account
    .aws()(CloudWatchClient)
    .send(new PutMetricDataCommand({ Namespace: 'AWS/EC2', MetricData }));
}

test.each([
  ['a whole day without a call', 24, 0, 0],
  ['less than a day', 20, 0, null],
  ['less than a day, with calls', 2, 3, 3],
  ['a whole day with calls', 24, 5, 5],
])('%s', async (_name, hours, latest, calls) => {
  const instanceId = `i-${String(hours * 10 + latest).padStart(17, '0')}`;
  await counted(instanceId, hours, latest);
  expect(await callsWithoutToken(account.aws(), instanceId)).toBe(calls);
});

test('nothing is known of an instance without the metric', async () => {
  expect(await callsWithoutToken(account.aws(), 'i-0a1b2c3d4e5f60718')).toBeNull();
});
