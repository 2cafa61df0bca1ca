import { isOfOtherService } from '../../aws/rds/engines.ts';
import { lacking, modifiesCluster, modifyCluster } from '../../aws/rds/modification.ts';
import { compliant, defineControl, notApplicable } from '../../control.ts';
import { dbCluster } from '../../resources/rds/cluster.ts';

export default defineControl({
  id: 'rds-cluster-deletion-protection-enabled',
  title: 'RDS clusters must be protected from deletion',
  severity: 'MEDIUM',
  resource: dbCluster,
  needs: ['deletionProtection'],
  securityControlIds: ['RDS.7'],
  relatedRequirements: [],
  description:
    'DeletionProtection of an Aurora or Multi-AZ DB cluster must be true. It keeps the cluster and its data; single members can still be deleted. Clusters of DocumentDB and Neptune are not evaluated.',
  rationale:
    'Deletion protection prevents that one wrong call, script or deleted stack deletes the cluster: deleting it requires two steps.',
  guidance:
    'Enable deletion protection. Disable it before you delete the cluster intentionally; exempt short-lived clusters, such as those of tests.',
  impact: 'none',
  recommendedMode: 'remediate',
  ...modifiesCluster('DeletionProtection'),
  // RDS changes nothing before a cluster is created, and restoring one takes its time.
  deadline: '2h',
  parameters: {},
  evaluate({ deletionProtection: { Status, Engine, DeletionProtection } }) {
    if (isOfOtherService(Engine)) return notApplicable(`A cluster of ${Engine}.`);
    if (DeletionProtection) return compliant('DeletionProtection is true.');
    return lacking(Status, 'DeletionProtection is false.', 'DeletionProtection');
  },
  plan: ({ ref, deletionProtection }) => modifyCluster(ref, deletionProtection, { DeletionProtection: true }),
});
