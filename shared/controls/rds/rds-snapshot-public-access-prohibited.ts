import { ModifyDBSnapshotAttributeCommand, RDSClient } from '@aws-sdk/client-rds';
import { unsharedWithEverybody } from '../../aws/public-sharing.ts';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
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
  relatedRequirements: [
    'AWS FSBP RDS.1',
    ...requirements('PCI DSS v4.0', '3.5.1.3 10.3.2 A1.1.2 A3.4.1'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(6) AC-3 AC-3(7) AC-4(21) AC-6 AC-17 AC-17(1) AC-17(4) AC-17(9) AC-17(10) MP-2 SC-7 SC-7(2) SC-7(3) SC-7(7) SC-7(9) SC-7(11) SC-7(12) SC-7(16) SC-7(20) SC-7(21) SC-7(24) SC-7(25) SC-7(26) SC-7(27) SC-7(28) SC-25',
    ),
  ],
  description:
    'The attribute restore of a snapshot of a DB instance may not contain all. Accounts that it is shared with by id remain. Snapshots of clusters are evaluated by rds-cluster-snapshot-public-access-prohibited.',
  rationale: 'Anyone with an AWS account can restore a public snapshot and read the whole database.',
  guidance:
    'Make the snapshot private, share it by id with the accounts that need it, and consider its contents disclosed: notify the owners of the data, rotate its secrets.',
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
