import { lacking, modifiesInstance, modifyInstance } from '../../aws/rds/modification.ts';
import { compliant, defineControl, notApplicable, settling } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { dbInstance } from '../../resources/rds/instance.ts';
import { counted } from '../../text.ts';

export default defineControl({
  id: 'rds-instance-backup-enabled',
  title: 'RDS instances must keep automated backups for at least a week',
  severity: 'MEDIUM',
  resource: dbInstance,
  needs: ['backup'],
  securityControlIds: ['RDS.11'],
  relatedRequirements: [
    'AWS FSBP RDS.11',
    'PCI DSS v4.0 10.3.3',
    ...requirements('NIST 800-53 r5', 'CP-1(2) CP-2(5) CP-6 CP-6(1) CP-6(2) CP-9 CP-10 CP-10(2) SC-5(2) SI-13(5)'),
    ...requirements('SOC 2', 'A1.2 CC7.4'),
  ],
  description:
    "BackupRetentionPeriod must be at least minimumRetentionDays (7). Read replicas are not evaluated: what they hold is backed up with their source; nor are members of a cluster, whose backups are the cluster's (rds-cluster-backup-enabled). Where backups were off, RDS turns them on in the next maintenance window, since that interrupts the database for a moment; a longer period alone takes effect at once.",
  rationale:
    'An automated backup restores the database to any second of its retention period: a deletion that is noticed on the third day is lost for good where backups are kept for one.',
  guidance:
    'Set the backup retention period of the instance to 7 days or more. Do not go back to 0 later: that deletes all automated backups at once.',
  impact: 'none',
  recommendedMode: 'remediate',
  ...modifiesInstance('BackupRetentionPeriod'),
  // Maintenance windows come once a week.
  deadline: '8d',
  parameters: {
    minimumRetentionDays: {
      description: 'Minimum retention of automated backups in days.',
      type: 'integer',
      minimum: 1,
      maximum: 35,
      default: 7,
    },
  },
  evaluate({ backup }, { parameters: { minimumRetentionDays: days } }) {
    const { DBInstanceStatus, DBClusterIdentifier, replicaOf, BackupRetentionPeriod: kept, pending } = backup;
    if (DBClusterIdentifier !== null)
      return notApplicable(`The cluster ${DBClusterIdentifier} is backed up, not its members.`);
    if (replicaOf !== null) return notApplicable(`A read replica of ${replicaOf}.`);
    if (kept >= days) return compliant(`Automated backups are kept for ${counted(kept, 'day')}.`);
    const annotation =
      kept === 0 ? 'Automated backups are off.' : `Automated backups are kept for ${kept} of ${counted(days, 'day')}.`;
    const offending = kept === 0 ? 'off' : 'short';
    if (pending !== null && pending >= days)
      return settling(`${annotation} From the next maintenance window: ${counted(pending, 'day')}.`, '6h', offending);
    return lacking(DBInstanceStatus, annotation, offending);
  },
  plan: ({ ref, backup }, { parameters: { minimumRetentionDays } }) =>
    modifyInstance(ref, backup, { BackupRetentionPeriod: minimumRetentionDays }),
});
