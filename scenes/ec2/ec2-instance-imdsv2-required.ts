import { EC2Client, ModifyInstanceMetadataOptionsCommand } from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { describeInstance, launchInstance } from './instance.ts';

const setTokens = ({ aws }: SceneAccount, InstanceId: string, HttpTokens: 'required' | 'optional') => {
  const options = { HttpTokens, HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2 } as const;
  return aws(EC2Client).send(new ModifyInstanceMetadataOptionsCommand({ InstanceId, ...options }));
};

export default {
  title: 'An instance is set back to IMDSv1',
  expects: { 'ec2-instance-imdsv2-required': 'remediated' },
  async prepare(account) {
    const InstanceId = await launchInstance(account);
    const other = await launchInstance(account);
    // The local account forgets the other options at the first change, so that it comes before anything is compared.
    await setTokens(account, InstanceId, 'required');
    return {
      state: () => describeInstance(account, InstanceId),
      neighbours: async () => {
        const { HttpTokens: _, ...options } = await describeInstance(account, InstanceId);
        return {
          [`other options of ${InstanceId}`]: options,
          [`instance ${other}`]: await describeInstance(account, other),
        };
      },
      async happen() {
        await setTokens(account, InstanceId, 'optional');
        const at = 'requestParameters.ModifyInstanceMetadataOptionsRequest.InstanceId';
        return { event: freshEvent('ec2/ModifyInstanceMetadataOptions', account, { [at]: InstanceId }) };
      },
    };
  },
} satisfies Scene;
