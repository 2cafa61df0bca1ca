import {
  DisableEbsEncryptionByDefaultCommand,
  EC2Client,
  EnableEbsEncryptionByDefaultCommand,
  GetEbsEncryptionByDefaultCommand,
} from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

/** Regions whose setting is none of the drift's: one where it is on, one where it is off. */
const [ON, OFF] = ['eu-north-1', 'eu-central-1'] as const;

export default {
  title: 'EBS encryption by default is turned off',
  expects: { 'ec2-ebs-encryption-by-default-enabled': 'remediated' },
  async prepare(account) {
    const { aws, region } = account;
    for (const place of [region, ON]) await aws(EC2Client, place).send(new EnableEbsEncryptionByDefaultCommand({}));
    const read = async (place: string) =>
      (await aws(EC2Client, place).send(new GetEbsEncryptionByDefaultCommand({}))).EbsEncryptionByDefault;
    return {
      state: () => read(region),
      neighbours: async () => ({
        [`EBS encryption by default in ${ON}`]: await read(ON),
        [`EBS encryption by default in ${OFF}`]: await read(OFF),
      }),
      async happen() {
        await aws(EC2Client).send(new DisableEbsEncryptionByDefaultCommand({}));
        return { event: freshEvent('ec2/DisableEbsEncryptionByDefault', account) };
      },
    };
  },
} satisfies Scene;
