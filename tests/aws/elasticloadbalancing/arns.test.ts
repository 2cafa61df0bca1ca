import { expect, test } from '@jest/globals';
import { isListener, isLoadBalancer, loadBalancerOf } from '../../../shared/aws/elasticloadbalancing/arns.ts';

const arn = (path: string) => `arn:aws:elasticloadbalancing:eu-west-1:111122223333:${path}`;

test('the ARN of a listener or of a rule holds that of its load balancer', () => {
  expect(loadBalancerOf(arn('listener/app/web/0a1b/2c3d'))).toEqual([arn('loadbalancer/app/web/0a1b')]);
  expect(loadBalancerOf(arn('listener-rule/app/web/0a1b/2c3d/4e5f'))).toEqual([arn('loadbalancer/app/web/0a1b')]);
  expect(loadBalancerOf(arn('listener/net/web/0a1b/2c3d'))).toEqual([arn('loadbalancer/net/web/0a1b')]);
  for (const other of ['loadbalancer/app/web/0a1b', 'targetgroup/web/0a1b', 'listener/app/web'])
    expect(loadBalancerOf(arn(other))).toEqual([]);
  expect(loadBalancerOf('arn:aws:globalaccelerator::111122223333:accelerator/1/listener/2')).toEqual([]);
});

test('a Classic Load Balancer is none of them', () => {
  expect(['loadbalancer/gwy/inspect/0a1b', 'loadbalancer/old'].map(arn).map(isLoadBalancer)).toEqual([true, false]);
  expect(['listener/app/web/0a1b/2c3d', 'listener-rule/app/web/0a1b/2c3d/4e5f'].map(arn).map(isListener)).toEqual([
    true,
    false,
  ]);
});
