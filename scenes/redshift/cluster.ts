import {
  CreateClusterCommand,
  CreateClusterParameterGroupCommand,
  DescribeClustersCommand,
  DescribeLoggingStatusCommand,
  EnableLoggingCommand,
  ModifyClusterParameterGroupCommand,
  RedshiftClient,
} from '@aws-sdk/client-redshift';
import { freshEvent } from '../fresh-event.ts';
import { createBucket } from '../s3/bucket.ts';
import type { SceneAccount } from '../scene.ts';

/** Creates a cluster as every control wants it, and gives its identifier. */
export async function createCluster(account: SceneAccount, base: string): Promise<string> {
  const redshift = account.aws(RedshiftClient);
  const ClusterIdentifier = account.name(base);
  const ParameterGroupName = `${ClusterIdentifier}-audit`;
  const group = { ParameterGroupName, ParameterGroupFamily: 'redshift-1.0', Description: base };
  await redshift.send(new CreateClusterParameterGroupCommand(group));
  const Parameters = [{ ParameterName: 'enable_user_activity_logging', ParameterValue: 'true' }];
  await redshift.send(new ModifyClusterParameterGroupCommand({ ParameterGroupName, Parameters }));
  await redshift.send(
    new CreateClusterCommand({
      ClusterIdentifier,
      NodeType: 'ra3.large',
      ClusterType: 'single-node',
      MasterUsername: 'owner',
      MasterUserPassword: 'Not-a-secret-1',
      ClusterParameterGroupName: ParameterGroupName,
      PubliclyAccessible: false,
    }),
  );
  const BucketName = await createBucket(account, 'audit-logs');
  await redshift.send(new EnableLoggingCommand({ ClusterIdentifier, BucketName, S3KeyPrefix: 'redshift/' }));
  return ClusterIdentifier;
}

/** All of a cluster that a control could touch. */
export async function describeCluster({ aws }: SceneAccount, ClusterIdentifier: string) {
  const redshift = aws(RedshiftClient);
  const { Clusters = [] } = await redshift.send(new DescribeClustersCommand({ ClusterIdentifier }));
  const status = await redshift.send(new DescribeLoggingStatusCommand({ ClusterIdentifier }));
  const { LoggingEnabled, BucketName, S3KeyPrefix } = status;
  return { ...Clusters[0], logging: { LoggingEnabled, BucketName, S3KeyPrefix } };
}

export const clusterEvent = (sample: string, account: SceneAccount, cluster: string) =>
  freshEvent(`redshift/${sample}`, account, { 'requestParameters.clusterIdentifier': cluster });
