import {
  DescribeImageAttributeCommand,
  EC2Client,
  type LaunchPermissionModifications,
  ModifyImageAttributeCommand,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import { freshEvent } from '../fresh-event.ts';
import type { Scene, SceneAccount } from '../scene.ts';

const modify = ({ aws }: SceneAccount, ImageId: string, LaunchPermission: LaunchPermissionModifications) =>
  aws(EC2Client).send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission }));

/** Creates an image that one other account may launch. */
async function createSharedImage(account: SceneAccount): Promise<string> {
  const { ImageId = '' } = await account
    .aws(EC2Client)
    .send(new RegisterImageCommand({ Name: account.name('golden') }));
  await modify(account, ImageId, { Add: [{ UserId: '444455556666' }] });
  return ImageId;
}

export default {
  title: 'An image that one account may launch is made public',
  expects: { 'ec2-image-public-access-prohibited': 'remediated' },
  async prepare(account) {
    const image = await createSharedImage(account);
    const other = await createSharedImage(account);
    const permissions = async (ImageId: string) => {
      const asked = new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' });
      return (await account.aws(EC2Client).send(asked)).LaunchPermissions ?? [];
    };
    return {
      state: () => permissions(image),
      neighbours: async () => ({
        [`accounts that may launch ${image}`]: (await permissions(image)).filter(({ UserId }) => UserId),
        [`permissions of ${other}`]: await permissions(other),
      }),
      async happen() {
        await modify(account, image, { Add: [{ Group: 'all' }] });
        const names = { 'requestParameters.imageId': image };
        return { event: freshEvent('ec2/ModifyImageAttribute', account, names) };
      },
    };
  },
} satisfies Scene;
