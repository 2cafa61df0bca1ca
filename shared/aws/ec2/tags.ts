import { EC2Client, paginateDescribeTags } from '@aws-sdk/client-ec2';
import { type Aws, onEverything, type ResourceRef } from '../../resource.ts';
import { carried } from '../answer.ts';
import { serviceOfTags } from '../service-managed.ts';

/** What `readEc2Tags` needs. */
const tagGrants = onEverything('ec2:DescribeTags');

/** The tags of any EC2 resource. */
async function readEc2Tags(aws: Aws, { resourceId }: ResourceRef): Promise<Record<string, string>> {
  const tags: Record<string, string> = {};
  const asked = { Filters: [{ Name: 'resource-id', Values: [resourceId] }] };
  for await (const page of paginateDescribeTags({ client: aws(EC2Client) }, asked))
    for (const { Key, Value = '' } of carried('DescribeTags', 'tagSet', page.Tags))
      if (Key !== undefined) tags[Key] = Value;
  return tags;
}

/** Whose an EC2 resource is, as far as its tags tell. */
export const ec2Ownership = {
  grants: tagGrants,
  async read(aws: Aws, ref: ResourceRef) {
    const tags = await readEc2Tags(aws, ref);
    return { tags, service: serviceOfTags(tags) };
  },
};
