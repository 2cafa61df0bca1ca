import { CloudTrailClient, UpdateTrailCommand } from '@aws-sdk/client-cloudtrail';
import { keyOf } from '../logs/log-group.ts';
import type { Scene } from '../scene.ts';
import { createTrail, trailEvent, trailSettings, trailsAsNeighbours } from './trail.ts';

export default {
  title: "A trail's key is taken away",
  expects: { 'cloudtrail-logs-encrypted': 'remediated' },
  async prepare(account) {
    const Name = await createTrail(account, 'payroll', { KmsKeyId: keyOf(account) });
    const other = await createTrail(account, 'research', { KmsKeyId: keyOf(account) });
    return {
      earlier: [trailEvent('UpdateTrail', account, Name)],
      state: () => trailSettings(account, Name),
      neighbours: () => trailsAsNeighbours(account, [other]),
      async happen() {
        await account.aws(CloudTrailClient).send(new UpdateTrailCommand({ Name, KmsKeyId: '' }));
        return { event: trailEvent('UpdateTrail', account, Name) };
      },
    };
  },
} satisfies Scene;
