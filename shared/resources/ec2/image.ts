import {
  DescribeImagesCommand,
  type DescribeImagesCommandOutput,
  EC2Client,
  type Image,
  paginateDescribeImages,
} from '@aws-sdk/client-ec2';
import { carried, sole } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { PAGE } from '../../aws/ec2/describe.ts';
import { ec2Ownership, tagCalls } from '../../aws/ec2/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { strings } from '../../event.ts';
import { type Aws, call, defineResource, onEverything, partitionOf, type ResourceRef } from '../../resource.ts';
import ec2 from './service.ts';

/** EC2 says of every image whether everybody may launch it. */
const sharingOf = ({ Public }: Image) => ({ public: Public === true });

/** Of the account's own images alone: one that others share is not found. */
async function readSharing(aws: Aws, { resourceId }: ResourceRef) {
  const { Images } = await aws(EC2Client).send(
    new DescribeImagesCommand({ ImageIds: [resourceId], Owners: ['self'], IncludeDeprecated: true }),
  );
  return sharingOf(sole('EC2', Images, 'ImageId', resourceId));
}

const listed = ({ Images }: DescribeImagesCommandOutput) =>
  carried('DescribeImages', 'imagesSet', Images).flatMap((image) =>
    image.ImageId === undefined ? [] : [{ resourceId: image.ImageId, facets: { sharing: sharingOf(image) } }],
  );

/** An AMI of the account: whether everybody may launch it. AWS Config records no images. */
export const image = defineResource({
  service: ec2,
  type: 'AWS::EC2::Image',
  triggers: [
    call('ec2.amazonaws.com', ['ModifyImageAttribute', 'ResetImageAttribute', 'DeregisterImage'], {
      ids: ({ request }) => strings(request, 'imageId'),
      facets: ['sharing'],
    }),
    tagCalls('ami-', ['sharing']),
  ],
  gone: ['InvalidAMIID.NotFound', 'InvalidAMIID.Unavailable', 'InvalidAMIID.Malformed'],
  facets: { sharing: { grants: onEverything('ec2:DescribeImages'), read: readSharing } },
  grants: onEverything('ec2:DescribeImages'),
  ownership: ec2Ownership,
  arn: ({ resourceId, region }) => `arn:${partitionOf(region)}:ec2:${region}::image/${resourceId}`,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `ec2/home#ImageDetails:imageId=${resourceId}`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeImages(
        { client: aws(EC2Client), startingToken: from },
        { Owners: ['self'], IncludeDeprecated: true, MaxResults: PAGE },
      ),
      ({ NextToken }) => NextToken,
      listed,
    ),
});
