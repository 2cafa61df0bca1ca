import { ModifyDBSnapshotAttributeCommand, RDSClient } from '@aws-sdk/client-rds';
import { compliant, defineControl, nonCompliant } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { dbSnapshot } from '../../resources/rds/snapshot.ts';
import { step, undoneBy } from '../../step.ts';

const permissions = {
  'rds:ModifyDBSnapshotAttribute': 'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:snapshot:*',
};

const target = ({ resourceId }: ResourceRef) => ({ DBSnapshotIdentifier: resourceId, AttributeName: 'restore' });
const options = { permissions, elements: ['restore all'] };

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
  permissions,
  undoCalls: [
    undoneBy(RDSClient, ModifyDBSnapshotAttributeCommand, (ref) => ({ ...target(ref), ValuesToAdd: ['all'] })),
  ],
  parameters: {},
  evaluate: ({ sharing }) =>
    sharing.public ? nonCompliant('Anyone can restore the snapshot.') : compliant('The snapshot is not public.'),
  plan: ({ ref }) => [
    step(
      RDSClient,
      ModifyDBSnapshotAttributeCommand,
      { ...target(ref), ValuesToRemove: ['all'] },
      {
        ...options,
        undo: () => [
          step(RDSClient, ModifyDBSnapshotAttributeCommand, { ...target(ref), ValuesToAdd: ['all'] }, options),
        ],
      },
    ),
  ],
});
