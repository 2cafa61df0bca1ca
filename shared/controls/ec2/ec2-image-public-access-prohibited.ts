import { EC2Client, ModifyImageAttributeCommand } from '@aws-sdk/client-ec2';
import { unsharedWithEverybody } from '../../aws/public-sharing.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { image } from '../../resources/ec2/image.ts';

const EVERYBODY = [{ Group: 'all' as const }];

export default defineControl({
  id: 'ec2-image-public-access-prohibited',
  title: 'AMIs must not be public',
  severity: 'CRITICAL',
  resource: image,
  needs: ['sharing'],
  securityControlIds: [],
  relatedRequirements: [],
  description:
    'The launch permissions of an image may not contain the group all. Accounts and organizations that it is shared with remain. Neither AWS Config nor Security Hub evaluates images.',
  rationale:
    'Anyone with an AWS account can launch a public image and read its disks: code, credentials, deleted files included.',
  guidance:
    'Make the image private, share it by id with the accounts that need it, and consider its contents disclosed: rotate its secrets. Block public access to images in the account, in each region.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  ...unsharedWithEverybody(EC2Client, ModifyImageAttributeCommand, {
    permissions: { 'ec2:ModifyImageAttribute': 'arn:${AWS::Partition}:ec2:*::image/*' },
    element: 'launchPermission all',
    remove: ({ resourceId: ImageId }) => ({ ImageId, LaunchPermission: { Remove: EVERYBODY } }),
    add: ({ resourceId: ImageId }) => ({ ImageId, LaunchPermission: { Add: EVERYBODY } }),
  }),
  evaluate: ({ sharing }) =>
    sharing.public ? nonCompliant('Anyone can launch the image.') : compliant('The image is not public.'),
});
