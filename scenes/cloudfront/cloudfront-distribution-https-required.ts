import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { changeDistribution, createDistribution, readDistribution } from './distribution.ts';

export default {
  title: 'A distribution answers by HTTP too',
  expects: { 'cloudfront-distribution-https-required': 'remediated' },
  async prepare(account) {
    const [id, other] = [await createDistribution(account, 'web'), await createDistribution(account, 'shop')];
    const configOf = async (one: string) => (await readDistribution(account, one)).DistributionConfig;
    return {
      state: () => configOf(id),
      neighbours: async () => ({ [`distribution ${other}`]: await configOf(other) }),
      async happen() {
        await changeDistribution(account, id, ({ DefaultCacheBehavior, ...rest }) => ({
          ...rest,
          DefaultCacheBehavior: {
            TargetOriginId: DefaultCacheBehavior?.TargetOriginId,
            ...DefaultCacheBehavior,
            ViewerProtocolPolicy: 'allow-all',
          },
        }));
        return { event: freshEvent('cloudfront/UpdateDistribution', account, { 'requestParameters.id': id }) };
      },
    };
  },
} satisfies Scene;
