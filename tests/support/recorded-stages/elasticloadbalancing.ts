import { createLoadBalancer, describeAttributes, setAttributes } from '../../../scenes/elbv2/load-balancer.ts';
import { sceneAccount } from '../test-scene.ts';
import type { Stage } from './stage.ts';

/** A load balancer as AWS creates it: anybody may delete it, and it lets invalid headers through. */
export const loadBalancerCreated: Stage = async (account, { record }) => {
  const [{ loadBalancerArn, type }] = record.responseElements.loadBalancers;
  const { arn } = await createLoadBalancer(sceneAccount(account), 'web', { type });
  const state = () => describeAttributes({ aws: account.aws() }, arn);
  const right = await state();
  await setAttributes({ aws: account.aws() }, arn, { 'deletion_protection.enabled': 'false' });
  return { renamed: { [loadBalancerArn]: arn }, state, right };
};
