import {
  AddTagsCommand,
  DeleteListenerCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { createListener, createLoadBalancer, forwardTo, RECOMMENDED } from '../../../scenes/elbv2/load-balancer.ts';
import { listener } from '../../../shared/resources/elasticloadbalancing/listener.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';
import { sceneAccount } from '../../support/test-scene.ts';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/web/0a1b2c3d4e5f6071/1b2c3d4e5f607182';

testResource(listener, {
  events: {
    'elasticloadbalancing/CreateListener': [ARN],
    'elasticloadbalancing/ModifyListener': [ARN],
    'elasticloadbalancing/DeleteListener': [ARN],
    'elasticloadbalancing/AddTags': [ARN],
    'elasticloadbalancing/RemoveTags': [ARN],
  },
});

test('a listener is read, listed as it is read, and known where a cluster manages it', async () => {
  const account = await testAccount();
  const aws = account.aws();
  const elb = aws(ElasticLoadBalancingV2Client);
  const { arn, targetGroup } = await createLoadBalancer(sceneAccount(account), 'web');
  const resourceId = await createListener(sceneAccount(account), arn, 443, forwardTo(targetGroup));
  const ref = { resourceType: listener.type, resourceId, accountId: account.accountId, region: account.region };
  const read = () => listener.facets.listener.read(aws, ref);
  expect(await read()).toEqual({ protocol: 'HTTPS', port: 443, sslPolicy: RECOMMENDED });
  await expectDeclaredReads(listener, resourceId, account);
  await expectListedAsRead(listener, account);

  const Tags = [{ Key: 'elbv2.k8s.aws/cluster', Value: 'shop' }];
  await elb.send(new AddTagsCommand({ ResourceArns: [resourceId], Tags }));
  expect(await listener.ownership?.read(aws, ref)).toEqual({
    tags: { 'elbv2.k8s.aws/cluster': 'shop' },
    service: 'the load balancer controller of a Kubernetes cluster',
  });
  await elb.send(new DeleteListenerCommand({ ListenerArn: resourceId }));
  await expect(read()).rejects.toMatchObject({ name: expect.stringMatching(/^ListenerNotFound/) });
});
