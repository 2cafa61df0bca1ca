import {
  DescribeNetworkAclsCommand,
  EC2Client,
  type Filter,
  type NetworkAcl,
  paginateDescribeNetworkAcls,
} from '@aws-sdk/client-ec2';
import { carried, sole } from '../../aws/answer.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { isOwn, ownOf, PAGE, portions } from '../../aws/ec2/describe.ts';
import { ec2Ownership, tagCalls } from '../../aws/ec2/tags.ts';
import { pagesOf } from '../../aws/pages.ts';
import { type CallRecord, strings } from '../../event.ts';
import { type Aws, call, defineResource, onEverything, partitionOf, type ResourceRef } from '../../resource.ts';
import ec2 from './service.ts';

const describeNetworkAcls = onEverything('ec2:DescribeNetworkAcls');

const aclOf = ({ IsDefault = false, Entries }: NetworkAcl) => ({
  isDefault: IsDefault,
  entries: carried('DescribeNetworkAcls', 'entrySet', Entries),
});

/** Throws Foreign for an ACL of a VPC that another account shares. */
async function readNetworkAcl(aws: Aws, { resourceId, accountId }: ResourceRef) {
  const { NetworkAcls } = await aws(EC2Client).send(new DescribeNetworkAclsCommand({ NetworkAclIds: [resourceId] }));
  return aclOf(ownOf(sole('EC2', NetworkAcls, 'NetworkAclId', resourceId), `network ACL ${resourceId}`, accountId));
}

/** A new VPC brings its default network ACL without an event of its own. */
async function ofNewVpc(aws: Aws, { response }: CallRecord) {
  const ids: string[] = [];
  for (const Values of portions(strings(response, 'vpc.vpcId'))) {
    const Filters: Filter[] = [{ Name: 'vpc-id', Values }];
    for await (const { NetworkAcls } of paginateDescribeNetworkAcls({ client: aws(EC2Client) }, { Filters }))
      ids.push(
        ...carried('DescribeNetworkAcls', 'networkAclSet', NetworkAcls).flatMap((one) => one.NetworkAclId ?? []),
      );
  }
  return ids;
}

/** A network ACL of the account's own: its entries. */
export const networkAcl = defineResource({
  service: ec2,
  type: 'AWS::EC2::NetworkAcl',
  triggers: [
    call(
      'ec2.amazonaws.com',
      [
        'CreateNetworkAclEntry',
        'ReplaceNetworkAclEntry',
        'DeleteNetworkAclEntry',
        'DeleteNetworkAcl',
        'ReplaceNetworkAclAssociation',
      ],
      { ids: ({ request }) => strings(request, 'networkAclId'), facets: ['networkAcl'] },
    ),
    call('ec2.amazonaws.com', 'CreateNetworkAcl', {
      ids: ({ response }) => strings(response, 'networkAcl.networkAclId'),
      facets: ['networkAcl'],
    }),
    call('ec2.amazonaws.com', ['CreateVpc', 'CreateDefaultVpc'], {
      find: ofNewVpc,
      grants: describeNetworkAcls,
      facets: ['networkAcl'],
    }),
    tagCalls('acl-', ['networkAcl']),
  ],
  gone: ['InvalidNetworkAclID.NotFound', 'InvalidNetworkAclId.Malformed', 'InvalidNetworkAclID.Malformed'],
  facets: { networkAcl: { grants: describeNetworkAcls, read: readNetworkAcl } },
  grants: describeNetworkAcls,
  ownership: ec2Ownership,
  arn: ({ resourceId, region, accountId }) =>
    `arn:${partitionOf(region)}:ec2:${region}:${accountId}:network-acl/${resourceId}`,
  consoleUrl: ({ resourceId, region }) =>
    consoleUrl(region, `vpcconsole/home#NetworkAclDetails:networkAclId=${resourceId}`),
  list: (aws, { accountId }, from) =>
    pagesOf(
      paginateDescribeNetworkAcls({ client: aws(EC2Client), startingToken: from }, { MaxResults: PAGE }),
      ({ NextToken }) => NextToken,
      ({ NetworkAcls }) =>
        carried('DescribeNetworkAcls', 'networkAclSet', NetworkAcls).flatMap((found) =>
          found.NetworkAclId === undefined || !isOwn(found, accountId)
            ? []
            : [{ resourceId: found.NetworkAclId, facets: { networkAcl: aclOf(found) } }],
        ),
    ),
});
