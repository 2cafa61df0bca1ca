import { isOfOtherService } from '../../aws/rds/engines.ts';
import { lacking, modifiesCluster, modifyCluster } from '../../aws/rds/modification.ts';
import { compliant, defineControl, notApplicable } from '../../control.ts';
import { dbCluster } from '../../resources/rds/cluster.ts';

export default defineControl({
  id: 'rds-cluster-minor-upgrade-enabled',
  title: 'RDS clusters must install minor version upgrades automatically',
  severity: 'MEDIUM',
  resource: dbCluster,
  needs: ['minorUpgrade'],
  securityControlIds: ['RDS.35'],
  relatedRequirements: [],
  description:
    'AutoMinorVersionUpgrade of an Aurora or Multi-AZ DB cluster must be true. A cluster of an Aurora global database is not evaluated: the setting has no effect there, though RDS.35 may report it. Clusters of DocumentDB and Neptune are not evaluated either.',
  rationale:
    'Minor versions fix security vulnerabilities; without automatic upgrades a person has to install each of them.',
  guidance:
    'Enable auto minor version upgrade for the cluster, and for each instance of an Aurora cluster; choose a maintenance window in which a restart does no harm.',
  impact: 'none',
  recommendedMode: 'remediate',
  ...modifiesCluster('AutoMinorVersionUpgrade'),
  // RDS changes nothing before a cluster is created, and restoring one takes its time.
  deadline: '2h',
  parameters: {},
  evaluate({ minorUpgrade: { Status, Engine, globalCluster, AutoMinorVersionUpgrade } }) {
    if (isOfOtherService(Engine)) return notApplicable(`A cluster of ${Engine}.`);
    if (globalCluster !== null)
      return notApplicable(`A part of the global database ${globalCluster}, which is upgraded by hand.`);
    if (AutoMinorVersionUpgrade) return compliant('AutoMinorVersionUpgrade is true.');
    return lacking(Status, 'AutoMinorVersionUpgrade is false.', 'AutoMinorVersionUpgrade');
  },
  plan: ({ ref, minorUpgrade }) => modifyCluster(ref, minorUpgrade, { AutoMinorVersionUpgrade: true }),
});
