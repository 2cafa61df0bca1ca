import {
  CreateSubscriptionCommand,
  DescribeSubscriptionCommand,
  ShieldClient,
  UpdateSubscriptionCommand,
} from '@aws-sdk/client-shield';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

export default {
  title: 'The subscription to Shield Advanced is told to end after its year',
  expects: { 'shield-advanced-auto-renew-enabled': 'detected' },
  async prepare({ aws, accountId, region }) {
    const shield = aws(ShieldClient);
    await shield.send(new CreateSubscriptionCommand({}));
    const subscription = async () => (await shield.send(new DescribeSubscriptionCommand({}))).Subscription;
    return {
      state: subscription,
      neighbours: async () => ({ 'limits of the subscription': (await subscription())?.SubscriptionLimits }),
      async happen() {
        await shield.send(new UpdateSubscriptionCommand({ AutoRenew: 'DISABLED' }));
        return { event: freshEvent('shield/UpdateSubscription', { accountId, region }) };
      },
    };
  },
} satisfies Scene;
