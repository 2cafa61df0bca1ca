import { ModifyDBClusterSnapshotAttributeCommand, RDSClient } from '@aws-sdk/client-rds';
import { unsharedWithEverybody } from '../../aws/public-sharing.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { dbClusterSnapshot } from '../../resources/rds/cluster-snapshot.ts';

const target = ({ resourceId }: ResourceRef) => ({ DBClusterSnapshotIdentifier: resourceId, AttributeName: 'restore' });

export default defineControl({
  id: 'rds-cluster-snapshot-public-access-prohibited',
  title: 'Snapshots of Aurora, DocumentDB and Neptune clusters must not be public',
  severity: 'CRITICAL',
  resource: dbClusterSnapshot,
  needs: ['sharing'],
  securityControlIds: ['RDS.1', 'DocumentDB.3', 'Neptune.3'],
  relatedRequirements: [],
  description:
    'The attribute restore of a snapshot of a cluster may not contain all, whichever engine the cluster has. Accounts that it is shared with by id remain. Snapshots of instances are evaluated by rds-snapshot-public-access-prohibited.',
  rationale: 'Anyone with an AWS account can restore a public snapshot and read the whole database.',
  guidance:
    'Make the snapshot private, share it by id with the accounts that need it, and consider its contents disclosed: notify the owners of the data, rotate its secrets.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  ...unsharedWithEverybody(RDSClient, ModifyDBClusterSnapshotAttributeCommand, {
    permissions: {
      'rds:ModifyDBClusterSnapshotAttribute': 'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:cluster-snapshot:*',
    },
    element: 'restore all',
    remove: (ref) => ({ ...target(ref), ValuesToRemove: ['all'] }),
    add: (ref) => ({ ...target(ref), ValuesToAdd: ['all'] }),
  }),
  evaluate: ({ sharing }) =>
    sharing.public ? nonCompliant('Anyone can restore the snapshot.') : compliant('The snapshot is not public.'),
});
