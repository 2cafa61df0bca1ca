import { DeleteLoadBalancerCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { expect, test } from '@jest/globals';
import { createListener, createLoadBalancer, forwardTo, setAttributes } from '../../../scenes/elbv2/load-balancer.ts';
import { loadBalancer } from '../../../shared/resources/elasticloadbalancing/load-balancer.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';
import { sceneAccount } from '../../support/test-scene.ts';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/0a1b2c3d4e5f6071';

testResource(loadBalancer, {
  events: {
    'elasticloadbalancing/CreateLoadBalancer': [ARN],
    'elasticloadbalancing/DeleteLoadBalancer': [ARN],
    'elasticloadbalancing/ModifyLoadBalancerAttributes': [ARN],
    'elasticloadbalancing/CreateListener': [ARN],
    'elasticloadbalancing/ModifyListener': [ARN],
    'elasticloadbalancing/DeleteListener': [ARN],
    'elasticloadbalancing/CreateRule': [ARN],
    'elasticloadbalancing/ModifyRule': [ARN],
    'elasticloadbalancing/DeleteRule': [ARN],
    'elasticloadbalancing/SetRulePriorities': [ARN],
    'elasticloadbalancing/AddTags': [ARN],
    'elasticloadbalancing/RemoveTags': [ARN],
    'elasticloadbalancing/AssociateWebACL': [ARN],
    'elasticloadbalancing/DisassociateWebACL': [ARN],
    'elasticloadbalancing/DisassociateWebACL.api': [],
    'elasticloadbalancing/CreateLoadBalancer.classic': [],
  },
});

test('a load balancer is read with its attributes, its web listeners and its web ACL, and listed as it is read', async () => {
  const account = await testAccount();
  const aws = account.aws();
  const { arn: resourceId, targetGroup } = await createLoadBalancer(sceneAccount(account), 'web');
  await createListener(sceneAccount(account), resourceId, 443, forwardTo(targetGroup));
  await createListener(sceneAccount(account), resourceId, 80, forwardTo(targetGroup));
  const { accountId, region } = account;
  const ref = { resourceType: loadBalancer.type, resourceId, accountId, region };
  const { facets, ownership } = loadBalancer;
  expect(await facets.loadBalancer.read(aws, ref)).toEqual({ type: 'application', scheme: 'internet-facing' });
  expect(await facets.attributes.read(aws, ref)).toMatchObject({ 'deletion_protection.enabled': 'true' });
  expect(await facets.listeners.read(aws, ref)).toMatchObject([
    { protocol: 'HTTP', port: 80, defaultActions: [{ Type: 'forward', TargetGroupArn: targetGroup }], rules: [] },
    { protocol: 'HTTPS', port: 443 },
  ]);
  expect(await facets.webAcl.read(aws, ref)).toBeNull();
  expect(await ownership?.read(aws, ref)).toEqual({ tags: {}, service: null });
  await expectDeclaredReads(loadBalancer, resourceId, account);
  await expectListedAsRead(loadBalancer, account);

  await setAttributes({ aws }, resourceId, { 'deletion_protection.enabled': 'false' });
  await aws(ElasticLoadBalancingV2Client).send(new DeleteLoadBalancerCommand({ LoadBalancerArn: resourceId }));
  for (const facet of [facets.loadBalancer, facets.attributes, facets.listeners, facets.webAcl])
    await expect(facet.read(aws, ref)).rejects.toMatchObject({ name: expect.stringMatching(/^LoadBalancerNotFound/) });
});

test('a load balancer of a Network kind has no web ACL, and is not asked for one', async () => {
  const account = await testAccount();
  const { arn: resourceId } = await createLoadBalancer(sceneAccount(account), 'edge', { type: 'network' });
  const ref = { resourceType: loadBalancer.type, resourceId, accountId: account.accountId, region: account.region };
  expect(await loadBalancer.facets.webAcl.read(account.aws(), ref)).toBeNull();
  await expectDeclaredReads(loadBalancer, resourceId, account, [
    'wafv2:GetWebACLForResource',
    'elasticloadbalancing:DescribeRules',
  ]);
});
