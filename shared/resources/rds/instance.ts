import {
  type DBInstance,
  DescribeDBInstancesCommand,
  paginateDescribeDBInstances,
  RDSClient,
} from '@aws-sdk/client-rds';
import { carried, sole } from '../../aws/answer.ts';
import { answerParts } from '../../aws/answer-parts.ts';
import { parseArn } from '../../aws/arn.ts';
import { BACKUP_TIMES, protectionGrants, protectionTriggers, readProtection } from '../../aws/backup/protection.ts';
import { consoleUrl } from '../../aws/console-url.ts';
import { pagesOf } from '../../aws/pages.ts';
import { identifierIn, identifierOf, identifiersAt, namedIn, taggedOf } from '../../aws/rds/identifiers.ts';
import { instancesByRouteTable, instancesBySubnetGroup, readSubnets, routeGrants } from '../../aws/rds/subnets.ts';
import { instancesWithGroup, othersWithGroup, readTls, tlsGrants } from '../../aws/rds/tls.ts';
import { tagsByKey } from '../../aws/tags.ts';
import { type CallRecord, strings } from '../../event.ts';
import {
  type Aws,
  type ConfigName,
  call,
  defineResource,
  event,
  onResources,
  orNull,
  partitionOf,
  type ResourceRef,
} from '../../resource.ts';
import rds from './service.ts';

/** A listing is allowed on all instances of the account. */
const describeDBInstances = onResources(
  'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:db:*',
  'rds:DescribeDBInstances',
);
const GONE = ['DBInstanceNotFoundFault', 'DBInstanceNotFound'];

/** What every control goes by; the endpoint and the names of users are left out. */
const commonOf = ({ DBInstanceStatus, Engine, DBClusterIdentifier }: DBInstance) => ({
  DBInstanceStatus: DBInstanceStatus ?? null,
  Engine: Engine ?? null,
  DBClusterIdentifier: DBClusterIdentifier ?? null,
});

/** The instance of that identifier. Throws DBInstanceNotFoundFault or Gone where there is none. */
async function describeInstance(aws: Aws, { resourceId }: Pick<ResourceRef, 'resourceId'>): Promise<DBInstance> {
  const asked = new DescribeDBInstancesCommand({ DBInstanceIdentifier: resourceId });
  const { DBInstances } = await aws(RDSClient).send(asked);
  return sole('RDS', DBInstances, 'DBInstanceIdentifier', resourceId);
}

/** What RDS leaves out is not switched on. */
const PARTS = answerParts(describeDBInstances, describeInstance, {
  // RDS leaves it out of an instance whose VPC it has not decided on yet.
  instance: (found) => ({ ...commonOf(found), PubliclyAccessible: found.PubliclyAccessible ?? false }),
  backup: (found) => ({
    ...commonOf(found),
    replicaOf: found.ReadReplicaSourceDBInstanceIdentifier ?? found.ReadReplicaSourceDBClusterIdentifier ?? null,
    BackupRetentionPeriod: found.BackupRetentionPeriod ?? 0,
    pending: found.PendingModifiedValues?.BackupRetentionPeriod ?? null,
  }),
  deletionProtection: (found) => ({
    ...commonOf(found),
    DeletionProtection: found.DeletionProtection ?? false,
  }),
  minorUpgrade: (found) => ({
    ...commonOf(found),
    AutoMinorVersionUpgrade: found.AutoMinorVersionUpgrade ?? false,
  }),
  multiAz: (found) => ({
    ...commonOf(found),
    replicaOf: found.ReadReplicaSourceDBInstanceIdentifier ?? found.ReadReplicaSourceDBClusterIdentifier ?? null,
    MultiAZ: found.MultiAZ ?? false,
    pending: found.PendingModifiedValues?.MultiAZ ?? null,
  }),
  creation: (found) => ({
    ...commonOf(found),
    replicaOf: found.ReadReplicaSourceDBInstanceIdentifier ?? found.ReadReplicaSourceDBClusterIdentifier ?? null,
    createdAt: found.InstanceCreateTime?.toISOString() ?? null,
  }),
  storage: (found) => ({ ...commonOf(found), StorageEncrypted: found.StorageEncrypted ?? false }),
});
const EVERY_FACET = [...PARTS.names, 'tls', 'subnets', 'protection'] as const;

const arnOf = ({ resourceId, region, accountId }: ResourceRef) =>
  `arn:${partitionOf(region)}:rds:${region}:${accountId}:db:${resourceId}`;

async function readOwnership(aws: Aws, ref: ResourceRef) {
  const { TagList = [] } = await describeInstance(aws, ref);
  return { tags: tagsByKey(TagList), service: null };
}

/** The instances with the parameter group that a call names. */
async function findWithGroup(aws: Aws, { request }: CallRecord): Promise<readonly string[]> {
  const [name] = strings(request, 'dBParameterGroupName');
  return name === undefined ? [] : instancesWithGroup(aws, name.toLowerCase());
}

/** An instance that is being renamed is looked at under both names: the old one ends with it. */
const withNewName = (record: CallRecord) => [
  ...new Set([
    ...namedIn(record, 'dBInstanceIdentifier'),
    ...identifiersAt(record.request, 'newDBInstanceIdentifier'),
    ...identifiersAt(record.response, 'pendingModifiedValues.dBInstanceIdentifier'),
  ]),
];

/** AWS Config says `db-…` (`DbiResourceId`). */
const identify = (aws: Aws, item: ConfigName) =>
  identifierOf(item, 'db-', async (id) => {
    const filter = { Filters: [{ Name: 'dbi-resource-id', Values: [id] }] };
    const answer = await orNull(aws(RDSClient).send(new DescribeDBInstancesCommand(filter)), ...GONE);
    const found = answer === null ? [] : carried('DescribeDBInstances', 'DBInstances', answer.DBInstances);
    return found.find(({ DbiResourceId }) => DbiResourceId === id)?.DBInstanceIdentifier;
  });

const configIdOf = async (aws: Aws, ref: ResourceRef): Promise<string> =>
  carried('DescribeDBInstances', 'DbiResourceId', (await describeInstance(aws, ref)).DbiResourceId);

/** A DB instance of RDS, Aurora or Neptune by its identifier: its status and its settings. */
export const dbInstance = defineResource({
  service: rds,
  type: 'AWS::RDS::DBInstance',
  triggers: [
    call(
      'rds.amazonaws.com',
      [
        'CreateDBInstance',
        'CreateDBInstanceReadReplica',
        'RestoreDBInstanceFromDBSnapshot',
        'RestoreDBInstanceFromS3',
        'StartDBInstance',
        'DeleteDBInstance',
      ],
      { ids: (record) => namedIn(record, 'dBInstanceIdentifier'), facets: EVERY_FACET },
    ),
    call('rds.amazonaws.com', 'RestoreDBInstanceToPointInTime', {
      ids: (record) => namedIn(record, 'dBInstanceIdentifier', 'targetDBInstanceIdentifier'),
      facets: EVERY_FACET,
    }),
    // Of every type that RDS tags; an exempting tag may have gone.
    call('rds.amazonaws.com', ['AddTagsToResource', 'RemoveTagsFromResource'], {
      ids: taggedOf('db'),
      find: async () => [],
      facets: EVERY_FACET,
    }),
    call('rds.amazonaws.com', 'ModifyDBInstance', { ids: withNewName, facets: EVERY_FACET }),
    call('rds.amazonaws.com', ['ModifyDBParameterGroup', 'ResetDBParameterGroup'], {
      find: findWithGroup,
      grants: describeDBInstances,
      facets: ['tls'],
    }),
    call('rds.amazonaws.com', ['CreateDBSubnetGroup', 'ModifyDBSubnetGroup'], {
      find: instancesBySubnetGroup,
      grants: describeDBInstances,
      facets: ['subnets'],
    }),
    call(
      'ec2.amazonaws.com',
      [
        'CreateRoute',
        'ReplaceRoute',
        'DeleteRoute',
        'AssociateRouteTable',
        'ReplaceRouteTableAssociation',
        'DisassociateRouteTable',
      ],
      { find: instancesByRouteTable, grants: { ...describeDBInstances, ...routeGrants }, facets: ['subnets'] },
    ),
    ...protectionTriggers((arn) => (parseArn(arn)?.resource.startsWith('db:') ? identifierIn(arn) : null)),
    // What no call of these names makes (a cluster's members, a blue/green switchover), and when RDS has done its work.
    // `SourceIdentifier` is the identifier in some of these events and `rds:` with it in others; the ARN is the same in all.
    event('aws.rds', 'RDS DB Instance Event', {
      ids: ({ detail }) => identifiersAt(detail, 'SourceArn', 'SourceIdentifier'),
      facets: EVERY_FACET,
    }),
  ],
  gone: GONE,
  facets: {
    ...PARTS.facets,
    tls: {
      grants: { ...describeDBInstances, ...tlsGrants },
      async read(aws: Aws, ref: ResourceRef) {
        const found = await describeInstance(aws, ref);
        return { ...commonOf(found), parameter: await readTls(aws, found) };
      },
    },
    protection: {
      grants: protectionGrants,
      regional: true,
      read: (aws: Aws, ref: ResourceRef) => readProtection(aws, arnOf(ref)),
    },
    // Which other instances have the same parameter group.
    othersWithGroup: {
      grants: describeDBInstances,
      read: async (aws: Aws, ref: ResourceRef) => othersWithGroup(aws, ref, await describeInstance(aws, ref)),
    },
    subnets: {
      grants: { ...describeDBInstances, ...routeGrants },
      async read(aws: Aws, ref: ResourceRef) {
        const found = await describeInstance(aws, ref);
        return { ...commonOf(found), subnets: await readSubnets(aws, found) };
      },
    },
  },
  grants: describeDBInstances,
  volatile: ['DBInstanceStatus', 'pending', ...BACKUP_TIMES],
  ownership: { grants: describeDBInstances, read: readOwnership },
  arn: arnOf,
  consoleUrl: ({ resourceId, region }) => consoleUrl(region, `rds/home#database:id=${resourceId};is-cluster=false`),
  list: (aws, _account, from) =>
    pagesOf(
      paginateDescribeDBInstances({ client: aws(RDSClient), startingToken: from }, { MaxRecords: 100 }),
      ({ Marker }) => Marker,
      ({ DBInstances }) =>
        carried('DescribeDBInstances', 'DBInstances', DBInstances).flatMap((found) =>
          found.DBInstanceIdentifier === undefined
            ? []
            : [{ resourceId: found.DBInstanceIdentifier, facets: PARTS.of(found) }],
        ),
    ),
  identify,
  configIdOf,
});
