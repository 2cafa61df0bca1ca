import { DescribeInstanceInformationCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Aws } from '../../resource.ts';
import { carried } from '../answer.ts';

/** How the agent of an instance stands with Systems Manager (`Online`, `ConnectionLost`, `Inactive`); null where it never registered. */
export async function pingStatusOf(aws: Aws, instanceId: string): Promise<string | null> {
  const Filters = [{ Key: 'InstanceIds', Values: [instanceId] }];
  const answer = await aws(SSMClient).send(new DescribeInstanceInformationCommand({ Filters }));
  const found = carried('DescribeInstanceInformation', 'InstanceInformationList', answer.InstanceInformationList);
  return found.find(({ InstanceId }) => InstanceId === instanceId)?.PingStatus ?? null;
}
