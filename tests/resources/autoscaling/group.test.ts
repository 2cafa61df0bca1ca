import { AutoScalingClient, DeleteAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { createAutoScalingGroup } from '../../../scenes/autoscaling/autoscaling-group-multi-az.ts';
import { createSubnet } from '../../../scenes/ec2/subnet.ts';
import { autoScalingGroup } from '../../../shared/resources/autoscaling/group.ts';
import { testAccount } from '../../support/sandbox.ts';
import { expectDeclaredReads, expectListedAsRead, testResource } from '../../support/test-resource.ts';
import { sceneAccount } from '../../support/test-scene.ts';

testResource(autoScalingGroup, {
  events: {
    'autoscaling/CreateAutoScalingGroup': ['web'],
    'autoscaling/UpdateAutoScalingGroup': ['web'],
    'autoscaling/DeleteAutoScalingGroup': ['web'],
    'autoscaling/CreateOrUpdateTags': ['web', 'worker'],
    'autoscaling/DeleteTags': ['web'],
  },
});

test('a group is read with the subnets of its VPC, listed as it is read, and known by the name of AWS Config', async () => {
  const account = await testAccount();
  const aws = account.aws();
  const { Vpc } = await aws(EC2Client).send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const zone = `${account.region}a`;
  const own = await createSubnet({ aws }, Vpc?.VpcId ?? '', '10.0.1.0/24', { zone });
  const spare = await createSubnet({ aws }, Vpc?.VpcId ?? '', '10.0.2.0/24', {
    zone: `${account.region}b`,
    tags: [{ Key: 'autoscaling', Value: 'spare' }],
  });
  const resourceId = await createAutoScalingGroup(sceneAccount(account), 'web', [own]);
  const { accountId, region } = account;
  const ref = { resourceType: autoScalingGroup.type, resourceId, accountId, region };
  const { group, subnets } = autoScalingGroup.facets;
  expect(await group.read(aws, ref)).toEqual({
    status: null,
    availabilityZones: [zone],
    vpcZoneIdentifier: own,
    placementGroup: null,
    isBehindLoadBalancer: false,
  });
  expect(await subnets.read(aws, ref)).toEqual([
    { subnetId: own, availabilityZone: zone, isPublic: false, tags: {} },
    { subnetId: spare, availabilityZone: `${region}b`, isPublic: false, tags: { autoscaling: 'spare' } },
  ]);
  await expectDeclaredReads(autoScalingGroup, resourceId, account);
  await expectListedAsRead(autoScalingGroup, account);

  const arn = (await autoScalingGroup.configIdOf?.(aws, ref)) ?? '';
  const named = { ...ref, resourceId: arn, resourceName: null, arn };
  expect(await autoScalingGroup.identify?.(aws, named)).toBe(resourceId);
  expect(await autoScalingGroup.identify?.(aws, { ...named, resourceName: 'web' })).toBe('web');

  await aws(AutoScalingClient).send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: resourceId }));
  await expect(group.read(aws, ref)).rejects.toMatchObject({ name: 'Gone' });
});
