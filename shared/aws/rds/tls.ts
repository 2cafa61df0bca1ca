import {
  type DBInstance,
  paginateDescribeDBInstances,
  paginateDescribeDBParameters,
  RDSClient,
} from '@aws-sdk/client-rds';
import { type Aws, onResources, type ResourceRef } from '../../resource.ts';
import { carried } from '../answer.ts';

export const tlsGrants = onResources('arn:${AWS::Partition}:rds:*:${AWS::AccountId}:pg:*', 'rds:DescribeDBParameters');

/** The parameter by which an engine refuses connections without TLS; null for an engine that has none. Clusters set it in a parameter group of their own. */
const parameterOf = (engine: string): string | null => {
  if (engine === 'postgres' || engine.startsWith('sqlserver')) return 'rds.force_ssl';
  return engine === 'mysql' || engine === 'mariadb' ? 'require_secure_transport' : null;
};

/** What the parameter group of an instance says of TLS; null where its engine has no parameter for that, or its cluster has it. */
export async function readTls(aws: Aws, { Engine = '', DBClusterIdentifier, DBParameterGroups }: DBInstance) {
  const name = parameterOf(Engine);
  if (name === null || DBClusterIdentifier !== undefined) return null;
  const [group] = carried('DescribeDBInstances', 'DBParameterGroups', DBParameterGroups);
  const DBParameterGroupName = carried('DescribeDBInstances', 'DBParameterGroupName', group?.DBParameterGroupName);
  // The local account has no filter: it answers with them all.
  const asked = { DBParameterGroupName, Filters: [{ Name: 'parameter-name', Values: [name] }] };
  for await (const page of paginateDescribeDBParameters({ client: aws(RDSClient) }, asked)) {
    const found = carried('DescribeDBParameters', 'Parameters', page.Parameters).find(
      ({ ParameterName }) => ParameterName === name,
    );
    if (found !== undefined)
      return {
        group: DBParameterGroupName,
        applied: group?.ParameterApplyStatus ?? null,
        name,
        value: found.ParameterValue ?? null,
        isOwn: found.Source !== 'engine-default' && found.Source !== 'system',
        isStatic: found.ApplyType === 'static',
      };
  }
  return { group: DBParameterGroupName, applied: null, name, value: null, isOwn: false, isStatic: false };
}

/** The instances that have a parameter group. */
export async function instancesWithGroup(aws: Aws, group: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of paginateDescribeDBInstances({ client: aws(RDSClient) }, {}))
    for (const { DBInstanceIdentifier, DBParameterGroups = [] } of carried(
      'DescribeDBInstances',
      'DBInstances',
      page.DBInstances,
    ))
      if (DBInstanceIdentifier && DBParameterGroups.some(({ DBParameterGroupName }) => DBParameterGroupName === group))
        found.push(DBInstanceIdentifier);
  return found;
}

/** The other instances that a change of the instance's parameter group would change. */
export async function othersWithGroup(
  aws: Aws,
  { resourceId }: ResourceRef,
  found: DBInstance,
): Promise<readonly string[]> {
  const group = found.DBParameterGroups?.[0]?.DBParameterGroupName;
  if (group === undefined) return [];
  return (await instancesWithGroup(aws, group)).filter((id) => id !== resourceId);
}
