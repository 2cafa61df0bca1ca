import { IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { onResources } from '../../resource.ts';
import { set, stepBuilder, undoneBy } from '../../step.ts';

interface AccessKey {
  readonly AccessKeyId: string;
  readonly Status: string;
}

/** Deactivates an access key of a user, under one element whichever control plans it. */
export const deactivate = stepBuilder(
  onResources('arn:${AWS::Partition}:iam::${AWS::AccountId}:user/*', 'iam:UpdateAccessKey'),
  (UserName: string, { AccessKeyId, Status }: AccessKey) => {
    const target = { UserName, AccessKeyId };
    return set(
      IAMClient,
      UpdateAccessKeyCommand,
      target,
      { Status },
      { Status: 'Inactive' },
      { elements: [AccessKeyId] },
    );
  },
);

/** The call that activates a deactivated access key again. */
export const keyActivated = undoneBy(
  IAMClient,
  UpdateAccessKeyCommand,
  ({ resourceId: UserName }) => ({ UserName, Status: 'Active' as const }),
  ['AccessKeyId'],
);
