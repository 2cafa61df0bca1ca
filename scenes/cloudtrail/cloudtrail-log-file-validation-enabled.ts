import { CloudTrailClient, UpdateTrailCommand } from '@aws-sdk/client-cloudtrail';
import type { Scene } from '../scene.ts';
import { createTrail, trailEvent, trailSettings, trailsAsNeighbours } from './trail.ts';

export default {
  title: "A trail's log file validation is turned off",
  expects: { 'cloudtrail-log-file-validation-enabled': 'remediated' },
  async prepare(account) {
    const Name = await createTrail(account, 'billing');
    const other = await createTrail(account, 'research');
    return {
      state: () => trailSettings(account, Name),
      neighbours: () => trailsAsNeighbours(account, [other]),
      async happen() {
        const change = { Name, EnableLogFileValidation: false };
        await account.aws(CloudTrailClient).send(new UpdateTrailCommand(change));
        return { event: trailEvent('UpdateTrail', account, Name) };
      },
    };
  },
} satisfies Scene;
