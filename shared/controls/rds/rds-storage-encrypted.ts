import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { dbInstance } from '../../resources/rds/instance.ts';

export default defineControl({
  id: 'rds-storage-encrypted',
  title: 'RDS instances must be encrypted at rest',
  severity: 'MEDIUM',
  resource: dbInstance,
  needs: ['storage'],
  securityControlIds: ['RDS.3'],
  relatedRequirements: [
    'AWS FSBP RDS.3',
    'CIS AWS v3.0 2.3.1',
    'CIS AWS v5.0 2.2.1',
    ...requirements('PCI DSS v4.0', '3.5.1 8.3.2'),
    ...requirements('NIST 800-53 r5', 'AU-9(3) CP-9 CP-9(8) SC-8(3) SC-8(4) SC-13 SC-28(1) SI-19(4)'),
    'SOC 2 PI1.5',
  ],
  description:
    "StorageEncrypted must be true. Members of a cluster are not evaluated: the storage is the cluster's (rds-cluster-storage-encrypted); RDS.3 reports the members too.",
  rationale: 'The data of an unencrypted database is unencrypted on disk, in its backups and in every snapshot of it.',
  guidance:
    'A database cannot be encrypted in place: take a snapshot, copy it with a KMS key, restore the copy under a new name, and swap the names at a time of low load. Keep the old instance until the new one has proven itself.',
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
