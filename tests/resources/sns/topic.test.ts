import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { expect, test } from '@jest/globals';
import { topic } from '../../../shared/resources/sns/topic.ts';
import { sampleEvent } from '../../support/samples.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, idsFrom, testResource } from '../../support/test-resource.ts';

const ARN = 'arn:aws:sns:eu-west-1:111122223333:order-events';

testResource(topic, {
  events: {
    'sns/CreateTopic': [ARN],
    'sns/SetTopicAttributes': [ARN],
    'sns/AddPermission': [ARN],
    'sns/RemovePermission': [ARN],
    'sns/DeleteTopic': [ARN],
    'sns/TagResource': [ARN],
    'sns/UntagResource': [ARN],
  },
});

test('a topic is read with no more than the declared actions, its policy as text', async () => {
  const account = await testAccount();
  const Tags = [{ Key: 'team', Value: 'orders' }];
  const created = await account
    .aws()(SNSClient)
    .send(new CreateTopicCommand({ Name: 'orders', Tags }));
  const resourceId = created.TopicArn ?? '';
  await expectDeclaredReads(topic, resourceId, account);
  const ref = { resourceType: topic.type, resourceId, accountId: account.accountId, region: account.region };
  expect(JSON.parse(await topic.facets.policy.read(account.aws(), ref))).toHaveProperty('Statement');
  expect(await topic.ownership?.read(account.aws(), ref)).toEqual({ tags: { team: 'orders' }, service: null });
  const gone = { ...ref, resourceId: `${resourceId}-gone` };
  await expect(topic.facets.policy.read(account.aws(), gone)).rejects.toMatchObject({ name: topic.gone[0] });
});

test('a topic of another account is named as that account’s', async () => {
  const account = await testAccount();
  const foreign = sampleEvent('sns/AddPermission', { [ARN]: ARN.replace('111122223333', '444455556666') });
  expect(await idsFrom(topic, foreign, account)).toEqual([ARN.replace('111122223333', '444455556666')]);
});
