import { EC2Client, ModifyImageAttributeCommand } from '@aws-sdk/client-ec2';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { image } from '../../resources/ec2/image.ts';
import { step, undoneBy } from '../../step.ts';

const permissions = { 'ec2:ModifyImageAttribute': 'arn:${AWS::Partition}:ec2:*::image/*' };

const EVERYBODY = [{ Group: 'all' as const }];
const options = { permissions, elements: ['launchPermission all'] };

export default defineControl({
  id: 'ec2-image-public-access-prohibited',
  title: 'AMIs must not be public',
  severity: 'CRITICAL',
  resource: image,
  needs: ['sharing'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'The launch permissions of an image may not contain the group all. Accounts and organizations that it is shared with remain. Neither AWS Config nor Security Hub judges images.',
  rationale:
    'Anyone with an AWS account can launch a public image and read its disks: code, credentials, deleted files included.',
  guidance:
    'Make the image private, share it by id with the accounts that need it, and consider its contents disclosed: rotate its secrets. Block public access to images in the account, in each region.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  permissions,
  undoCalls: [
    undoneBy(EC2Client, ModifyImageAttributeCommand, ({ resourceId: ImageId }) => ({
      ImageId,
      LaunchPermission: { Add: EVERYBODY },
    })),
  ],
  parameters: {},
  evaluate: ({ sharing }) =>
    sharing.public ? nonCompliant('Anyone can launch the image.') : compliant('The image is not public.'),
  plan: ({ ref: { resourceId: ImageId } }) => [
    step(
      EC2Client,
      ModifyImageAttributeCommand,
      { ImageId, LaunchPermission: { Remove: EVERYBODY } },
      {
        ...options,
        undo: () => [
          step(EC2Client, ModifyImageAttributeCommand, { ImageId, LaunchPermission: { Add: EVERYBODY } }, options),
        ],
      },
    ),
  ],
});
