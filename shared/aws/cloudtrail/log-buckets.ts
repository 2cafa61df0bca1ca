import { CloudTrailClient, DescribeTrailsCommand, paginateListTrails } from '@aws-sdk/client-cloudtrail';
import type { Aws, ResourceRef } from '../../resource.ts';
import { carried } from '../answer.ts';
import { parseTrailArn } from './trail-arn.ts';

/** The names of the account's trails, of whichever region, that deliver into a bucket. A trail of its organization delivers into a bucket of the management account. */
export async function trailsInto(aws: Aws, { resourceId, accountId }: ResourceRef): Promise<readonly string[]> {
  const regions = new Set<string>();
  for await (const page of paginateListTrails({ client: aws(CloudTrailClient) }, {}))
    for (const { TrailARN = '' } of carried('ListTrails', 'Trails', page.Trails)) {
      const trail = parseTrailArn(TrailARN);
      if (trail?.accountId === accountId) regions.add(trail.region);
    }
  const found = await Promise.all(
    [...regions].map(async (region) => {
      const asked = new DescribeTrailsCommand({ includeShadowTrails: false });
      const { trailList } = await aws(CloudTrailClient, region).send(asked);
      return carried('DescribeTrails', 'trailList', trailList);
    }),
  );
  const names = found.flat().flatMap(({ Name, S3BucketName }) => (S3BucketName === resourceId && Name ? [Name] : []));
  return [...new Set(names)].toSorted();
}
