import { randomUUID } from 'node:crypto';
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { beforeAll, expect, test } from '@jest/globals';
import { awsClients } from '../../../shared/aws/clients.ts';
import { launchersOf } from '../../../shared/aws/ec2/launchers.ts';
import type { Aws } from '../../../shared/resource.ts';
import { wireTo } from '../../support/aws-proxy.ts';
import { testAccount } from '../../support/sandbox.ts';

const wire = await wireTo(process.env.EVENKEEL_TEST_ENDPOINT ?? '');
const account = await testAccount();
process.env.AWS_ENDPOINT_URL = wire.endpoint;
const aws: Aws = awsClients()(account.region);
const ec2 = aws(EC2Client);
const launched = { ImageId: 'ami-12345678', InstanceType: 't3.nano' } as const;

interface Vpc {
  readonly vpcId: string;
  readonly groupId: string;
  readonly subnetId: string;
}

async function makeVpc(net: string): Promise<Vpc> {
  const { Vpc: made } = await ec2.send(new CreateVpcCommand({ CidrBlock: `10.${net}.0.0/16` }));
  const vpcId = made?.VpcId ?? '';
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: `10.${net}.1.0/24` }));
  const Filters = [
    { Name: 'vpc-id', Values: [vpcId] },
    { Name: 'group-name', Values: ['default'] },
  ];
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  return { vpcId, groupId: SecurityGroups?.[0]?.GroupId ?? '', subnetId: Subnet?.SubnetId ?? '' };
}

async function makeTemplate(name: string, LaunchTemplateData: RequestLaunchTemplateData) {
  const asked = new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData });
  return (await ec2.send(asked)).LaunchTemplate?.LaunchTemplateId ?? '';
}

const makeScaling = (AutoScalingGroupName: string, subnetId: string, by: object) =>
  aws(AutoScalingClient).send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      ...{ MinSize: 0, MaxSize: 1, DesiredCapacity: 0 },
      VPCZoneIdentifier: subnetId,
      ...by,
    }),
  );

const of = ({ vpcId, groupId }: Vpc) => launchersOf(aws, { id: groupId, name: 'default', vpcId });

let empty: Vpc;
beforeAll(async () => {
  empty = await makeVpc('70');
});

test('nothing launches into a group that nothing names', async () => {
  await makeTemplate('elsewhere', { ...launched, SecurityGroupIds: ['sg-0123456789abcdef0'] });
  expect(await of(empty)).toEqual({ launchers: [], refused: [] });
});

test('a launch template names it, in whichever way, in the latest version or in the default one', async () => {
  const vpc = await makeVpc('71');
  const SecurityGroupIds = [vpc.groupId];
  const byId = await makeTemplate('by-id', { ...launched, SecurityGroupIds });
  const interfaces = [{ DeviceIndex: 0, Groups: [vpc.groupId] }];
  const byInterface = await makeTemplate('by-interface', { ...launched, NetworkInterfaces: interfaces });
  const other = { ...launched, SecurityGroupIds: ['sg-0123456789abcdef0'] };
  const later = await makeTemplate('later', other);
  const second = { LaunchTemplateId: later, LaunchTemplateData: { ...launched, SecurityGroupIds } };
  await ec2.send(new CreateLaunchTemplateVersionCommand(second));
  const { launchers, refused } = await of(vpc);
  const words = [`by-id (${byId})`, `by-interface (${byInterface})`, `later (${later})`];
  expect([...launchers].sort()).toEqual(words.map((one) => `launch template ${one}`));
  expect(refused).toEqual([]);
});

test('an Auto Scaling group launches a version that is neither', async () => {
  const vpc = await makeVpc('72');
  const named = { ...launched, SecurityGroupIds: [vpc.groupId] };
  const other = { ...launched, SecurityGroupIds: ['sg-0123456789abcdef0'] };
  const LaunchTemplateId = await makeTemplate('pinned', other);
  for (const LaunchTemplateData of [named, other])
    await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, LaunchTemplateData }));
  expect((await of(vpc)).launchers).toEqual([]);
  await makeScaling('old', vpc.subnetId, { LaunchTemplate: { LaunchTemplateId, Version: '2' } });
  expect((await of(vpc)).launchers).toEqual([`launch template pinned (${LaunchTemplateId})`]);
});

test('an Auto Scaling group whose launch template or configuration names no group launches into the default one of its VPC', async () => {
  const [vpc, beside] = [await makeVpc('73'), await makeVpc('74')];
  const LaunchTemplateId = await makeTemplate('free', launched);
  await aws(AutoScalingClient).send(
    new CreateLaunchConfigurationCommand({ LaunchConfigurationName: 'free', ...launched }),
  );
  const MixedInstancesPolicy = { LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId } } };
  await makeScaling('web', vpc.subnetId, { LaunchTemplate: { LaunchTemplateId } });
  await makeScaling('mixed', vpc.subnetId, { MixedInstancesPolicy });
  await makeScaling('grown', vpc.subnetId, { LaunchConfigurationName: 'free' });
  const template = `its launch template free (${LaunchTemplateId}) names no group`;
  expect([...(await of(vpc)).launchers].sort()).toEqual([
    'Auto Scaling group grown (its launch configuration free names no group)',
    `Auto Scaling group mixed (${template})`,
    `Auto Scaling group web (${template})`,
  ]);
  expect((await of(beside)).launchers).toEqual([]);
});

test('a launch configuration and a Lambda function name it', async () => {
  const vpc = await makeVpc('75');
  const configuration = { LaunchConfigurationName: 'closed', ...launched, SecurityGroups: [vpc.groupId] };
  await aws(AutoScalingClient).send(new CreateLaunchConfigurationCommand(configuration));
  const role = { RoleName: `import-${randomUUID().slice(0, 8)}`, AssumeRolePolicyDocument: '{}' };
  const { Role } = await aws(IAMClient).send(new CreateRoleCommand(role));
  await aws(LambdaClient).send(
    new CreateFunctionCommand({
      FunctionName: 'import',
      Role: Role?.Arn ?? '',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64') },
      VpcConfig: { SubnetIds: [vpc.subnetId], SecurityGroupIds: [vpc.groupId] },
    }),
  );
  expect((await of(vpc)).launchers).toEqual(['launch configuration closed', 'Lambda function import']);
});

test('what AWS refuses to tell is named, and what it does not know to answer now is an error', async () => {
  const says = 'User: us is not authorized to perform: lambda:ListFunctions because no identity-based policy allows it';
  const call = 'GET /2015-03-31/functions';
  wire.alter([{ call, status: 403, change: () => JSON.stringify({ __type: 'AccessDeniedException', message: says }) }]);
  expect(await of(empty)).toEqual({ launchers: [], refused: [`Lambda functions (${says})`] });
  const slower = JSON.stringify({ __type: 'TooManyRequestsException', message: 'Rate exceeded' });
  wire.alter([{ call, status: 429, change: () => slower }]);
  await expect(of(empty)).rejects.toThrow('Rate exceeded');
  wire.alter([{ call, change: () => '<html>Welcome</html>' }]);
  await expect(of(empty)).rejects.toThrow();
  wire.alter([]);
});
