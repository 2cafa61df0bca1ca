import {
  AssociateIamInstanceProfileCommand,
  DescribeIamInstanceProfileAssociationsCommand,
  DisassociateIamInstanceProfileCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { CreateInstanceProfileCommand, IAMClient } from '@aws-sdk/client-iam';
import { MINUTE_MS } from '../../shared/time.ts';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';
import { launchInstance } from './instance.ts';

/** Launches an instance with a profile: on the local account its agent is online then. */
async function launchManaged(account: SceneAccount) {
  const InstanceProfileName = account.name('shop');
  await account.aws(IAMClient).send(new CreateInstanceProfileCommand({ InstanceProfileName }));
  const InstanceId = await launchInstance(account);
  const IamInstanceProfile = { Name: InstanceProfileName };
  const associate = new AssociateIamInstanceProfileCommand({ InstanceId, IamInstanceProfile });
  const { IamInstanceProfileAssociation } = await account.aws(EC2Client).send(associate);
  return { InstanceId, AssociationId: IamInstanceProfileAssociation?.AssociationId ?? '' };
}

export default {
  title: 'An instance loses the profile by which Systems Manager reaches it',
  expects: { 'ec2-instance-ssm-managed': 'detected' },
  async prepare(account) {
    const ec2 = account.aws(EC2Client);
    const [managed, other] = [await launchManaged(account), await launchManaged(account)];
    const profileOf = async ({ InstanceId }: typeof managed) => {
      const Filters = [{ Name: 'instance-id', Values: [InstanceId] }];
      const found = await ec2.send(new DescribeIamInstanceProfileAssociationsCommand({ Filters }));
      return found.IamInstanceProfileAssociations;
    };
    return {
      state: () => profileOf(managed),
      neighbours: async () => ({ [`profile of ${other.InstanceId}`]: await profileOf(other) }),
      async happen() {
        await ec2.send(new DisassociateIamInstanceProfileCommand({ AssociationId: managed.AssociationId }));
        const at = 'responseElements.DisassociateIamInstanceProfileResponse.iamInstanceProfileAssociation.instanceId';
        const event = freshEvent('ec2/DisassociateIamInstanceProfile', account, { [at]: managed.InstanceId });
        // Later than an instance takes to register.
        return { event, at: new Date(Date.now() + 20 * MINUTE_MS) };
      },
    };
  },
} satisfies Scene;
