import {
  DisableSnapshotBlockPublicAccessCommand,
  EC2Client,
  EnableSnapshotBlockPublicAccessCommand,
  GetSnapshotBlockPublicAccessStateCommand,
} from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

/** Regions whose setting is none of the drift's: one where it is on, one where it is off. */
const [ON, OFF] = ['eu-north-1', 'eu-central-1'] as const;

export default {
  title: 'The block of public EBS snapshots is turned off',
  expects: { 'ec2-ebs-snapshot-public-sharing-blocked': 'remediated' },
  async prepare(account) {
    const { aws, region } = account;
    const block = new EnableSnapshotBlockPublicAccessCommand({ State: 'block-all-sharing' });
    for (const place of [region, ON]) await aws(EC2Client, place).send(block);
    const read = async (place: string) =>
      (await aws(EC2Client, place).send(new GetSnapshotBlockPublicAccessStateCommand({}))).State;
    return {
      state: () => read(region),
      neighbours: async () => ({
        [`public sharing of snapshots in ${ON}`]: await read(ON),
        [`public sharing of snapshots in ${OFF}`]: await read(OFF),
      }),
      async happen() {
        await aws(EC2Client).send(new DisableSnapshotBlockPublicAccessCommand({}));
        return { event: freshEvent('ec2/DisableSnapshotBlockPublicAccess', account) };
      },
    };
  },
} satisfies Scene;
