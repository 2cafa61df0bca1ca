import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { awsClients } from '../../../shared/aws/clients.ts';
import { Unreadable } from '../../../shared/resource.ts';
import { securityGroup } from '../../../shared/resources/ec2/security-group.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { sampleEvent } from '../../support/samples.ts';
import { type TestAccount, testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, idsFrom, testResource } from '../../support/test-resource.ts';

const GROUP = 'sg-0a1b2c3d4e5f60718';
const LIST = 'pl-0a1b2c3d4e5f60718';
const one = [GROUP];
const NOT_ALLOWED =
  '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>Not you.</Message></Error></Errors></Response>';

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');

testResource(securityGroup, {
  events: {
    'ec2/AuthorizeSecurityGroupIngress': one,
    'ec2/AuthorizeSecurityGroupIngress.by-name': one,
    'ec2/AuthorizeSecurityGroupIngress.flat': one,
    'ec2/AuthorizeSecurityGroupIngress.referenced-group': one,
    'ec2/RevokeSecurityGroupIngress': one,
    'ec2/RevokeSecurityGroupIngress.by-name': one,
    'ec2/AuthorizeSecurityGroupEgress': one,
    'ec2/RevokeSecurityGroupEgress': one,
    'ec2/ModifySecurityGroupRules': one,
    'ec2/ModifySecurityGroupRules.several': one,
    'ec2/UpdateSecurityGroupRuleDescriptionsIngress': one,
    'ec2/CreateSecurityGroup': one,
    'ec2/DeleteSecurityGroup': one,
    'ec2/CreateTags': one,
    'ec2/DeleteTags': one,
  },
  lookups: ['ModifyManagedPrefixList', 'RestoreManagedPrefixListVersion', 'CreateVpc', 'CreateDefaultVpc'],
});

describe('security groups of the local account', () => {
  let account: TestAccount;
  let ec2: EC2Client;
  beforeAll(async () => {
    account = await testAccount();
    ec2 = account.aws()(EC2Client);
  });

  const makeGroup = async (GroupName: string, VpcId?: string) => {
    const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId }));
    return GroupId as string;
  };
  const makeList = async () => {
    const made = await ec2.send(
      new CreateManagedPrefixListCommand({
        PrefixListName: 'offices',
        AddressFamily: 'IPv4',
        MaxEntries: 5,
        Entries: [{ Cidr: '203.0.113.0/24' }, { Cidr: '198.51.100.0/24' }],
      }),
    );
    return made.PrefixList?.PrefixListId as string;
  };
  const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
  const letIn = (GroupId: string, PrefixListId: string) =>
    ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [{ ...https, PrefixListIds: [{ PrefixListId }] }],
      }),
    );
  const letOut = (GroupId: string, PrefixListId: string) =>
    ec2.send(
      new AuthorizeSecurityGroupEgressCommand({
        GroupId,
        IpPermissions: [{ ...https, PrefixListIds: [{ PrefixListId }] }],
      }),
    );
  const ref = (resourceId: string) => ({
    resourceType: securityGroup.type,
    resourceId,
    accountId: account.accountId,
    region: account.region,
  });

  test('are read with the actions that are declared, and listed as they are read', async () => {
    const groupId = await makeGroup('listed');
    await letIn(groupId, await makeList());
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId: await makeVpc('10.9.0.0/16'), CidrBlock: '10.9.1.0/24' }),
    );
    await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: Subnet?.SubnetId, Groups: [groupId] }));

    const seldom = ['ec2:DescribeSecurityGroups', 'ec2:DescribeSubnets'];
    await expectDeclaredReads(securityGroup, groupId, account, seldom);
    await expectListedAsRead(securityGroup, account);
    expect(await securityGroup.facets.networkInterfaces.read(account.aws(), ref(groupId))).toHaveLength(1);
  });

  test('the entries of a list that traffic goes to are not read, those of a list that is let in are', async () => {
    const groupId = await makeGroup('lists');
    const [source, target] = [await makeList(), await makeList()];
    await letIn(groupId, source);
    await letOut(groupId, target);
    const { rules, prefixLists } = await securityGroup.facets.rules.read(account.aws(), ref(groupId));
    expect(rules.map(({ PrefixListId }) => PrefixListId)).toEqual(expect.arrayContaining([source, target]));
    expect(prefixLists).toEqual({ [source]: ['203.0.113.0/24', '198.51.100.0/24'] });
  });

  test('the entries of a list that AWS is changing are not read: they are the old ones', async () => {
    const groupId = await makeGroup('changing');
    const [changing, settled] = [await makeList(), await makeList()];
    for (const list of [changing, settled]) await letIn(groupId, list);
    const aws = awsClients()(account.region);
    const endpoint = process.env.AWS_ENDPOINT_URL;
    process.env.AWS_ENDPOINT_URL = wire.endpoint;
    wire.alter([
      {
        call: 'ec2:DescribeManagedPrefixLists',
        change: (body) =>
          body.replace(
            new RegExp(`(${changing}.*?<state>)[^<]*|(<state>)[^<]*(?=((?!<state>).)*${changing})`, 's'),
            '$1$2restore-in-progress',
          ),
      },
    ]);
    try {
      const { prefixLists } = await securityGroup.facets.rules.read(aws, ref(groupId));
      expect(prefixLists).toEqual({
        [changing]: { inProgress: 'restore-in-progress' },
        [settled]: ['203.0.113.0/24', '198.51.100.0/24'],
      });
      wire.alter([{ call: 'ec2:DescribeManagedPrefixLists', status: 403, change: () => NOT_ALLOWED }]);
      const { rules, prefixLists: refused } = await securityGroup.facets.rules.read(aws, ref(groupId));
      expect(rules.length).toBeGreaterThan(1);
      expect(Object.values(refused)).toEqual([expect.any(Unreadable), expect.any(Unreadable)]);
    } finally {
      wire.alter([]);
      if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
      else process.env.AWS_ENDPOINT_URL = endpoint;
    }
  });

  test('a group that is gone has no rules to be compliant with', async () => {
    const groupId = await makeGroup('short-lived');
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId: groupId }));
    for (const facet of [securityGroup.facets.rules, securityGroup.facets.group])
      await expect(facet.read(account.aws(), ref(groupId))).rejects.toMatchObject({
        name: expect.stringMatching(new RegExp(`^(${securityGroup.gone.join('|')})$`)),
      });
  });

  test('a group that another account shares is its own affair: not read, not listed', async () => {
    const groupId = await makeGroup('shared');
    await letIn(groupId, await makeList());
    const OTHER = '999988887777';
    const shared = (body: string) => body.replaceAll(`<ownerId>${account.accountId}<`, `<ownerId>${OTHER}<`);
    // The local account leaves out whose a rule's group is.
    const owned = (body: string) =>
      body.replaceAll('<securityGroupRuleId>', `<groupOwnerId>${OTHER}</groupOwnerId><securityGroupRuleId>`);
    const aws = awsClients()(account.region);
    const endpoint = process.env.AWS_ENDPOINT_URL;
    process.env.AWS_ENDPOINT_URL = wire.endpoint;
    wire.alter([
      { call: 'ec2:DescribeSecurityGroups', change: shared },
      { call: 'ec2:DescribeSecurityGroupRules', change: owned },
    ]);
    try {
      for (const name of ['group', 'rules'] as const)
        await expect(securityGroup.facets[name].read(aws, ref(groupId))).rejects.toMatchObject({
          name: 'Foreign',
          message: `The security group ${groupId} belongs to account ${OTHER}.`,
        });
      const pages = await Array.fromAsync(securityGroup.list(aws, account));
      expect(pages.flatMap(({ items }) => items)).toEqual([]);
    } finally {
      wire.alter([]);
      if (endpoint === undefined) delete process.env.AWS_ENDPOINT_URL;
      else process.env.AWS_ENDPOINT_URL = endpoint;
    }
  });

  test('a name alone means the group of that name in the default VPC', async () => {
    const groupId = await makeGroup('web');
    await makeGroup('web', await makeVpc('10.30.0.0/16'));
    const event = sampleEvent('ec2/AuthorizeSecurityGroupIngress.by-name-only');
    expect(await idsFrom(securityGroup, event, account)).toEqual([groupId]);
  });

  test.each(['ModifyManagedPrefixList', 'RestoreManagedPrefixListVersion'])(
    '%s leads to every group that lets the list in',
    async (eventName) => {
      const list = await makeList();
      const groups = [await makeGroup(`${eventName}-1`), await makeGroup(`${eventName}-2`)];
      for (const groupId of groups) await letIn(groupId, list);
      await letIn(await makeGroup(`${eventName}-other`), await makeList());
      await letOut(await makeGroup(`${eventName}-egress`), list);
      const event = sampleEvent(`ec2/${eventName}`, { [LIST]: list });
      expect([...(await idsFrom(securityGroup, event, account))].sort()).toEqual(groups.sort());
    },
  );

  test.each([
    ['CreateVpc', 'vpc-0a9b8c7d6e5f40312'],
    ['CreateDefaultVpc', 'vpc-0b9c8d7e6f5a40312'],
  ])('%s leads to the default group', async (eventName, sample) => {
    const vpcId = await makeVpc('10.40.0.0/16');
    await makeGroup('not-the-default', vpcId);
    const { SecurityGroups = [] } = await ec2.send(
      new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
    );
    const byDefault = SecurityGroups.filter(({ GroupName }) => GroupName === 'default').map(({ GroupId }) => GroupId);
    const event = sampleEvent(`ec2/${eventName}`, { [sample]: vpcId });
    expect(await idsFrom(securityGroup, event, account)).toEqual(byDefault);
  });

  async function makeVpc(CidrBlock: string) {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock }));
    return Vpc?.VpcId as string;
  }
});
