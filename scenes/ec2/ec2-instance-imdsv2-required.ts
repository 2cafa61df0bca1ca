import { EC2Client, ModifyInstanceMetadataOptionsCommand } from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Drift, Scene, SceneAccount } from '../scene.ts';
import { describeInstance, launchInstance } from './instance.ts';

type Tokens = 'required' | 'optional';

const setTokens = ({ aws }: SceneAccount, InstanceId: string, HttpTokens: Tokens, HttpPutResponseHopLimit: number) => {
  const options = { HttpTokens, HttpEndpoint: 'enabled', HttpPutResponseHopLimit } as const;
  return aws(EC2Client).send(new ModifyInstanceMetadataOptionsCommand({ InstanceId, ...options }));
};

async function prepare(account: SceneAccount, hopLimit: number): Promise<Drift> {
  const InstanceId = await launchInstance(account);
  const other = await launchInstance(account);
  // The local account forgets the other options at the first change, so that it comes before anything is compared.
  await setTokens(account, InstanceId, 'required', hopLimit);
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
      await setTokens(account, InstanceId, 'optional', hopLimit);
      const at = 'requestParameters.ModifyInstanceMetadataOptionsRequest.InstanceId';
      return { event: freshEvent('ec2/ModifyInstanceMetadataOptions', account, { [at]: InstanceId }) };
    },
  };
}

export default {
  title: 'An instance is set back to IMDSv1',
  expects: { 'ec2-instance-imdsv2-required': 'remediated' },
  prepare: (account) => prepare(account, 2),
} satisfies Scene;

/** A container may be reading its metadata by IMDSv1, for which there is no history. */
export const more: readonly Scene[] = [
  {
    title: 'An instance with a hop limit of 1 is set back to IMDSv1',
    expects: { 'ec2-instance-imdsv2-required': 'detected' },
    prepare: (account) => prepare(account, 1),
  },
];
