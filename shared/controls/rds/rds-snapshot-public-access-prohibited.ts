import { ModifyDBSnapshotAttributeCommand, RDSClient } from '@aws-sdk/client-rds';
import { unsharedWithEverybody } from '../../aws/public-sharing.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { dbSnapshot } from '../../resources/rds/snapshot.ts';

const target = ({ resourceId }: ResourceRef) => ({ DBSnapshotIdentifier: resourceId, AttributeName: 'restore' });

export default defineControl({
  id: 'rds-snapshot-public-access-prohibited',
  title: 'RDS snapshots must not be public',
  severity: 'CRITICAL',
  resource: dbSnapshot,
  needs: ['sharing'],
  securityControlIds: ['RDS.1'],
  relatedRequirements: [],
  description:
    'The attribute restore of a snapshot of a DB instance may not contain all. Accounts that it is shared with by id remain. Snapshots of clusters are judged by rds-cluster-snapshot-public-access-prohibited.',
  rationale: 'Anyone with an AWS account can restore a public snapshot and read the whole database.',
  guidance:
    'Make the snapshot private, share it by id with the accounts that need it, and consider its contents disclosed: tell those whose data it holds, rotate its secrets.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  ...unsharedWithEverybody(RDSClient, ModifyDBSnapshotAttributeCommand, {
    permissions: { 'rds:ModifyDBSnapshotAttribute': 'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:snapshot:*' },
    element: 'restore all',
    remove: (ref) => ({ ...target(ref), ValuesToRemove: ['all'] }),
    add: (ref) => ({ ...target(ref), ValuesToAdd: ['all'] }),
  }),
  evaluate: ({ sharing }) =>
    sharing.public ? nonCompliant('Anyone can restore the snapshot.') : compliant('The snapshot is not public.'),
});
