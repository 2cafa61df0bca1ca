import {
  CreateDBSnapshotCommand,
  DescribeDBSnapshotAttributesCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { createInstance } from './instance.ts';
import { sharingDrift } from './shared-snapshot.ts';

export default {
  title: 'A snapshot of an instance that one account may restore is made public',
  expects: { 'rds-snapshot-public-access-prohibited': 'remediated' },
  async prepare(account) {
    const rds = account.aws(RDSClient);
    const DBInstanceIdentifier = await createInstance(account, 'orders');
    return sharingDrift(account, DBInstanceIdentifier, {
      create: (DBSnapshotIdentifier) =>
        rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier })),
      share: (DBSnapshotIdentifier, ...ValuesToAdd) =>
        rds.send(new ModifyDBSnapshotAttributeCommand({ DBSnapshotIdentifier, AttributeName: 'restore', ValuesToAdd })),
      async sharedWith(DBSnapshotIdentifier) {
        const asked = new DescribeDBSnapshotAttributesCommand({ DBSnapshotIdentifier });
        const { DBSnapshotAttributesResult: found } = await rds.send(asked);
        return found?.DBSnapshotAttributes?.flatMap(({ AttributeValues = [] }) => AttributeValues) ?? [];
      },
      event: (id) =>
        freshEvent('rds/ModifyDBSnapshotAttribute', account, { 'requestParameters.dBSnapshotIdentifier': id }),
    });
  },
} satisfies Scene;
