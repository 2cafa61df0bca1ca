import { isOfOtherService } from '../../aws/rds/engines.ts';
import { lacking, modifiesCluster, modifyCluster } from '../../aws/rds/modification.ts';
import { compliant, defineControl, notApplicable, settling } from '../../control.ts';
import { dbCluster } from '../../resources/rds/cluster.ts';
import { counted } from '../../text.ts';

export default defineControl({
  id: 'rds-cluster-backup-enabled',
  title: 'RDS clusters must keep automated backups for at least a week',
  severity: 'MEDIUM',
  resource: dbCluster,
  needs: ['backup'],
  securityControlIds: ['RDS.50'],
  relatedRequirements: [],
  description:
    'BackupRetentionPeriod of an Aurora or Multi-AZ DB cluster must be at least minimumRetentionDays (7). A cluster always keeps backups; RDS lengthens the period without an interruption. Clusters of DocumentDB and Neptune are not evaluated; instances are evaluated by rds-instance-backup-enabled.',
  rationale:
    'A cluster can be restored to any second of its retention period: a deletion that is noticed on the third day is lost for good where backups are kept for one, which is the default of the API.',
  guidance: 'Set the backup retention period of the cluster to 7 days or more; its members follow it.',
  impact: 'none',
  recommendedMode: 'remediate',
  ...modifiesCluster('BackupRetentionPeriod'),
  deadline: '2h',
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
    const { Status, Engine, BackupRetentionPeriod: kept, pending } = backup;
    if (isOfOtherService(Engine)) return notApplicable(`A cluster of ${Engine}.`);
    if (kept >= days) return compliant(`Automated backups are kept for ${counted(kept, 'day')}.`);
    const annotation = `Automated backups are kept for ${kept} of ${counted(days, 'day')}.`;
    if (pending !== null && pending >= days)
      return settling(`${annotation} RDS is changing that to ${pending}.`, '2m', 'short');
    return lacking(Status, annotation, 'short');
  },
  plan: ({ ref, backup }, { parameters: { minimumRetentionDays } }) =>
    modifyCluster(ref, backup, { BackupRetentionPeriod: minimumRetentionDays }),
});
