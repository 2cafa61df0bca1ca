import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { expect, test } from '@jest/globals';
import { Gone } from '../../../shared/resource.ts';
import { logGroup } from '../../../shared/resources/logs/log-group.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';

testResource(logGroup, {
  events: {
    'logs/CreateLogGroup': ['/shop/orders'],
    'logs/DeleteLogGroup': ['/shop/orders'],
    'logs/PutRetentionPolicy': ['/shop/orders'],
    'logs/DeleteRetentionPolicy': ['/shop/orders'],
    'logs/AssociateKmsKey': ['/shop/orders'],
    'logs/DisassociateKmsKey': ['/shop/orders'],
    'logs/DisassociateKmsKey.by-arn': ['/shop/orders'],
    'logs/DisassociateKmsKey.query-results': [],
    'logs/TagResource': ['/shop/orders'],
    'logs/UntagResource': ['/shop/orders'],
    'logs/TagLogGroup': ['/shop/orders'],
    'logs/UntagLogGroup': ['/shop/orders'],
  },
});

test('a log group is read by its whole name: one whose name only begins so is another', async () => {
  const account = await testAccount();
  const logs = account.aws()(CloudWatchLogsClient);
  for (const logGroupName of ['flow-logs-of-others', 'flow-logs'])
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await logs.send(new PutRetentionPolicyCommand({ logGroupName: 'flow-logs', retentionInDays: 90 }));
  const { accountId, region } = account;
  const read = (resourceId: string) =>
    logGroup.facets.logGroup.read(account.aws(), { resourceType: logGroup.type, resourceId, accountId, region });
  expect(await read('flow-logs')).toEqual({ retentionInDays: 90, kmsKeyId: null });
  expect(await read('flow-logs-of-others')).toEqual({ retentionInDays: null, kmsKeyId: null });
  await expect(read('flow-logs-of')).rejects.toThrow(Gone);
  await expect(read('none')).rejects.toThrow(Gone);
  await expectDeclaredReads(logGroup, 'flow-logs', account);
  await expectListedAsRead(logGroup, account);
});

test('a log group belongs to those whom its tags name', async () => {
  const account = await testAccount();
  const { accountId, region } = account;
  const logs = account.aws()(CloudWatchLogsClient);
  const ownerOf = (resourceId: string) =>
    logGroup.ownership?.read(account.aws(), { resourceType: logGroup.type, resourceId, accountId, region });
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'orders', tags: { team: 'shop' } }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'carts' }));
  expect(await ownerOf('orders')).toEqual({ tags: { team: 'shop' }, service: null });
  expect(await ownerOf('carts')).toEqual({ tags: {}, service: null });
});
