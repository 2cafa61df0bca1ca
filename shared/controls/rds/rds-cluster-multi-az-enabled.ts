import { isOfOtherService } from '../../aws/rds/engines.ts';
import { lacking } from '../../aws/rds/modification.ts';
import { compliant, defineControl, notApplicable } from '../../control.ts';
import { dbCluster } from '../../resources/rds/cluster.ts';

export default defineControl({
  id: 'rds-cluster-multi-az-enabled',
  title: 'RDS clusters must have instances in several availability zones',
  severity: 'MEDIUM',
  resource: dbCluster,
  needs: ['multiAz'],
  securityControlIds: ['RDS.15'],
  relatedRequirements: ['CIS AWS v5.0 2.2.4'],
  description:
    'MultiAZ of a cluster must be true: an Aurora cluster has an instance in a second availability zone, a Multi-AZ DB cluster always does. Clusters of DocumentDB and Neptune are not evaluated.',
  rationale:
    'Where the availability zone of the only instance fails, the cluster is down until RDS has created another.',
  guidance:
    "Add a reader in another availability zone than the writer's. It costs as much as the writer; failovers then take about half a minute.",
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {},
  evaluate({ multiAz: { Status, Engine, MultiAZ } }) {
    if (isOfOtherService(Engine)) return notApplicable(`A cluster of ${Engine}.`);
    if (MultiAZ) return compliant('MultiAZ is true.');
    return lacking(Status, 'All instances of the cluster are in one availability zone.', 'MultiAZ');
  },
});
