import { EC2Client, paginateDescribeTags } from '@aws-sdk/client-ec2';
import { strings } from '../../event.ts';
import { type Aws, call, onEverything, type ResourceRef } from '../../resource.ts';
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

/** Calls that change the tags of EC2 resources, of every type at once: an exempting tag may have gone. `prefix`: how ids of the type begin (`sg-`). */
export const tagCalls = <const N extends string>(prefix: string, facets: readonly N[]) =>
  call('ec2.amazonaws.com', ['CreateTags', 'DeleteTags'], {
    ids: ({ request }) => strings(request, 'resourcesSet.items.resourceId').filter((id) => id.startsWith(prefix)),
    find: async () => [],
    facets,
  });

/** Whose an EC2 resource is, as far as its tags tell. */
export const ec2Ownership = {
  grants: tagGrants,
  async read(aws: Aws, ref: ResourceRef) {
    const tags = await readEc2Tags(aws, ref);
    return { tags, service: serviceOfTags(tags) };
  },
};
