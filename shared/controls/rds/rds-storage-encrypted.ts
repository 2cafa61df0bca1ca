import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { dbInstance } from '../../resources/rds/instance.ts';

export default defineControl({
  id: 'rds-storage-encrypted',
  title: 'RDS instances must be encrypted at rest',
  severity: 'MEDIUM',
  resource: dbInstance,
  needs: ['storage'],
  securityControlIds: ['RDS.3'],
  relatedRequirements: ['CIS AWS v3.0 2.3.1', 'CIS AWS v5.0 2.2.1'],
  description:
    "StorageEncrypted must be true. Members of a cluster are not evaluated: the storage is the cluster's (rds-cluster-storage-encrypted); RDS.3 reports the members too.",
  rationale: 'The data of an unencrypted database is unencrypted on disk, in its backups and in every snapshot of it.',
  guidance:
    'A database cannot be encrypted in place: take a snapshot, copy it with a KMS key, restore the copy under a new name, and swap the names in a quiet hour. Keep the old instance until the new one has proven itself.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {},
  evaluate({ storage: { DBInstanceStatus, DBClusterIdentifier, StorageEncrypted } }) {
    if (DBClusterIdentifier !== null)
      return notApplicable(`The storage belongs to the cluster ${DBClusterIdentifier}.`);
    if (StorageEncrypted) return compliant('StorageEncrypted is true.');
    if (DBInstanceStatus === 'deleting') return notApplicable('It is being deleted.');
    return nonCompliant('StorageEncrypted is false.');
  },
});
