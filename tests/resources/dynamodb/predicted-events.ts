import { arn, backedUp, NOTIFICATION, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

const TABLE = arn('dynamodb', 'table/orders');

export default {
  types: {
    'AWS::DynamoDB::Table': {
      id: 'orders',
      names: backedUp(TABLE),
      unmodelled: {
        'aws.backup Backup Job State Change': {
          sample: 'dynamodb/BackupJobStateChange',
          ids: ['orders'],
          why: NOTIFICATION,
        },
      },
    },
  },
  names: {
    dynamodb: { TableName: 'orders', TargetTableName: 'orders', TableArn: TABLE, SourceTableName: 'orders-before' },
  },
} satisfies ServiceEvents;
