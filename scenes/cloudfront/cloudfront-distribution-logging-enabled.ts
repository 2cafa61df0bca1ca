import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { changeDistribution, createDistribution, readDistribution } from './distribution.ts';

export default {
  title: 'A distribution no longer logs',
  expects: { 'cloudfront-distribution-logging-enabled': 'detected' },
  async prepare(account) {
    const [id, other] = [await createDistribution(account, 'web'), await createDistribution(account, 'shop')];
    const configOf = async (one: string) => (await readDistribution(account, one)).DistributionConfig;
    return {
      state: () => configOf(id),
      neighbours: async () => ({ [`distribution ${other}`]: await configOf(other) }),
      async happen() {
        const Logging = { Enabled: false, IncludeCookies: false, Bucket: '', Prefix: '' };
        await changeDistribution(account, id, (config) => ({ ...config, Logging }));
        return { event: freshEvent('cloudfront/UpdateDistribution', account, { 'requestParameters.id': id }) };
      },
    };
  },
} satisfies Scene;
