import { isOfOtherService } from '../../aws/rds/engines.ts';
import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { dbCluster } from '../../resources/rds/cluster.ts';

export default defineControl({
  id: 'rds-cluster-storage-encrypted',
  title: 'RDS clusters must be encrypted at rest',
  severity: 'MEDIUM',
  resource: dbCluster,
  needs: ['storage'],
  securityControlIds: ['RDS.27'],
  relatedRequirements: ['CIS AWS v3.0 2.3.1', 'CIS AWS v5.0 2.2.1'],
  description:
    'StorageEncrypted of an Aurora or Multi-AZ DB cluster must be true. Clusters of DocumentDB and Neptune are not evaluated; instances are evaluated by rds-storage-encrypted.',
  rationale: 'The data of an unencrypted cluster is unencrypted on disk, in its backups and in every snapshot of it.',
  guidance:
    'A cluster cannot be encrypted in place: take a snapshot, restore it with a KMS key under a new name, and move the applications to it. Keep the old cluster until the new one has proven itself.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {},
  evaluate({ storage: { Status, Engine, StorageEncrypted } }) {
    if (isOfOtherService(Engine)) return notApplicable(`A cluster of ${Engine}.`);
    if (StorageEncrypted) return compliant('StorageEncrypted is true.');
    if (Status === 'deleting') return notApplicable('It is being deleted.');
    return nonCompliant('StorageEncrypted is false.');
  },
});
