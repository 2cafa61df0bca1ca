import { DescribeSubscriptionCommand, GetSubscriptionStateCommand, ShieldClient } from '@aws-sdk/client-shield';
import { carried } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { onePage } from '../../aws/pages.ts';
import { accountArn } from '../../aws/partitions.ts';
import { type Aws, call, defineResource, onEverything } from '../../resource.ts';
import shield from './service.ts';

/** Whether the account subscribes to Shield Advanced, and whether that goes on after its year. Shield Standard is always on. */
async function readSubscription(aws: Aws) {
  const client = aws(ShieldClient);
  const { SubscriptionState } = await client.send(new GetSubscriptionStateCommand({}));
  if (carried('GetSubscriptionState', 'SubscriptionState', SubscriptionState) === 'INACTIVE')
    return { isActive: false, isRenewed: false };
  const { Subscription } = await client.send(new DescribeSubscriptionCommand({}));
  const { AutoRenew } = carried('DescribeSubscription', 'Subscription', Subscription);
  return { isActive: true, isRenewed: carried('DescribeSubscription', 'AutoRenew', AutoRenew) === 'ENABLED' };
}

/** The account's subscription to Shield Advanced. */
export const shieldAccount = defineResource({
  service: shield,
  type: 'AWS::::Account',
  global: true,
  triggers: [
    call(
      'shield.amazonaws.com',
      ['CreateSubscription', 'UpdateSubscription', 'DeleteSubscription', 'DeleteProtection'],
      { ids: ({ accountId }) => [accountId], facets: ['subscription'] },
    ),
  ],
  gone: [],
  facets: {
    subscription: {
      grants: onEverything('shield:GetSubscriptionState', 'shield:DescribeSubscription'),
      read: readSubscription,
    },
  },
  grants: {},
  arn: accountArn,
  consoleUrl: ({ region }) => consoleUrl(region, 'wafv2/shieldv2#/overview'),
  list: (_aws, { accountId }) => onePage({ resourceId: accountId }),
});
