import { ACMClient, RequestCertificateCommand } from '@aws-sdk/client-acm';
import { CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  ElasticLoadBalancingV2Client,
  type LoadBalancerSchemeEnum,
  type LoadBalancerTypeEnum,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createSubnet } from '../ec2/subnet.ts';
import type { SceneAccount } from '../scene.ts';

/** The policy that listeners have in scenes. */
export const RECOMMENDED = 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06';

interface Wishes {
  readonly type?: LoadBalancerTypeEnum;
  readonly scheme?: LoadBalancerSchemeEnum;
}

/** Creates a hardened load balancer with a target group, in a VPC of its own. */
export async function createLoadBalancer(account: SceneAccount, base: string, { type, scheme }: Wishes = {}) {
  const { aws, region } = account;
  const elb = aws(ElasticLoadBalancingV2Client);
  const { Vpc: { VpcId = '' } = {} } = await aws(EC2Client).send(new CreateVpcCommand({ CidrBlock: '10.78.0.0/16' }));
  const Subnets = [
    await createSubnet(account, VpcId, '10.78.1.0/24', { zone: `${region}a` }),
    await createSubnet(account, VpcId, '10.78.2.0/24', { zone: `${region}b` }),
  ];
  const Name = account.name(base);
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name, Subnets, Type: type ?? 'application', Scheme: scheme ?? 'internet-facing' }),
  );
  const arn = LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  const isApplication = type === undefined || type === 'application';
  await setAttributes(account, arn, {
    'deletion_protection.enabled': 'true',
    ...(isApplication && {
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'routing.http.desync_mitigation_mode': 'defensive',
    }),
  });
  const group = { Name, Port: 80, VpcId, Protocol: isApplication ? ('HTTP' as const) : ('TCP' as const) };
  const { TargetGroups } = await elb.send(new CreateTargetGroupCommand(group));
  return { arn, targetGroup: TargetGroups?.[0]?.TargetGroupArn ?? '' };
}

export const setAttributes = ({ aws }: Pick<SceneAccount, 'aws'>, LoadBalancerArn: string, values: object) => {
  const Attributes = Object.entries(values).map(([Key, Value]) => ({ Key, Value }));
  return aws(ElasticLoadBalancingV2Client).send(
    new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }),
  );
};

export async function describeAttributes({ aws }: Pick<SceneAccount, 'aws'>, LoadBalancerArn: string) {
  const asked = new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn });
  const { Attributes = [] } = await aws(ElasticLoadBalancingV2Client).send(asked);
  return Object.fromEntries(Attributes.map(({ Key = '', Value }) => [Key, Value]));
}

export const forwardTo = (TargetGroupArn: string): Action[] => [{ Type: 'forward', TargetGroupArn }];

const requestCertificate = async (aws: SceneAccount['aws']) =>
  aws(ACMClient).send(new RequestCertificateCommand({ DomainName: 'www.example.com' }));

/** Creates a listener and gives its ARN: HTTPS on 443, HTTP on any other port. */
export async function createListener(
  { aws }: Pick<SceneAccount, 'aws'>,
  LoadBalancerArn: string,
  Port: number,
  DefaultActions: Action[],
): Promise<string> {
  const protocol =
    Port === 443
      ? { Protocol: 'HTTPS' as const, SslPolicy: RECOMMENDED, Certificates: [await requestCertificate(aws)] }
      : { Protocol: 'HTTP' as const };
  const command = new CreateListenerCommand({ LoadBalancerArn, Port, DefaultActions, ...protocol });
  const { Listeners } = await aws(ElasticLoadBalancingV2Client).send(command);
  return Listeners?.[0]?.ListenerArn ?? '';
}

export async function describeListeners({ aws }: Pick<SceneAccount, 'aws'>, LoadBalancerArn: string) {
  return (await aws(ElasticLoadBalancingV2Client).send(new DescribeListenersCommand({ LoadBalancerArn }))).Listeners;
}
