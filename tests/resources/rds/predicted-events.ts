import { arn, backedUp, NOTIFICATION, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

const INSTANCE = arn('rds', 'db:orders');

export default {
  types: {
    'AWS::RDS::DBCluster': {
      id: 'shop',
      names: { ResourceName: arn('rds', 'cluster:shop') },
      unmodelled: {
        'aws.rds RDS DB Cluster Event': { sample: 'rds/RDSDBClusterEvent', ids: ['sales'], why: NOTIFICATION },
      },
    },
    'AWS::RDS::DBClusterSnapshot': {
      id: 'shop-monday',
      names: { ResourceName: arn('rds', 'cluster-snapshot:shop-monday') },
    },
    'AWS::RDS::DBInstance': {
      id: 'orders',
      names: { ResourceName: INSTANCE, ...backedUp(INSTANCE) },
      unmodelled: {
        'aws.backup Backup Job State Change': {
          sample: 'rds/BackupJobStateChange',
          ids: ['orders'],
          why: NOTIFICATION,
        },
        'aws.rds RDS DB Instance Event': { sample: 'rds/RDSDBInstanceEvent', ids: ['orders'], why: NOTIFICATION },
      },
    },
    'AWS::RDS::DBSnapshot': { id: 'orders-monday', names: { ResourceName: arn('rds', 'snapshot:orders-monday') } },
  },
  names: {
    rds: {
      DBInstanceIdentifier: 'orders',
      TargetDBInstanceIdentifier: 'orders',
      SourceDBInstanceIdentifier: 'orders-before',
      DBClusterIdentifier: 'shop',
      TargetDBClusterIdentifier: 'shop',
      SourceDBClusterIdentifier: 'shop-before',
      DBSnapshotIdentifier: 'orders-monday',
      TargetDBSnapshotIdentifier: 'orders-monday',
      SourceDBSnapshotIdentifier: 'orders-sunday',
      DBClusterSnapshotIdentifier: 'shop-monday',
      TargetDBClusterSnapshotIdentifier: 'shop-monday',
      SourceDBClusterSnapshotIdentifier: 'shop-sunday',
      DBParameterGroupName: 'orders-parameters',
      DBSubnetGroupName: 'orders-subnets',
      SubnetIdentifier: 'subnet-0a1b2c3d4e5f60718',
      VpcId: 'vpc-0a1b2c3d4e5f60718',
    },
  },
} satisfies ServiceEvents;
