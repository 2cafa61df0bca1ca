import { isAurora, isCustom, isOfOtherService } from '../../aws/rds/engines.ts';
import { lacking, modifiesInstance, modifyInstance } from '../../aws/rds/modification.ts';
import { compliant, defineControl, notApplicable } from '../../control.ts';
import { dbInstance } from '../../resources/rds/instance.ts';

export default defineControl({
  id: 'rds-instance-minor-upgrade-enabled',
  title: 'RDS instances must install minor version upgrades automatically',
  severity: 'HIGH',
  resource: dbInstance,
  needs: ['minorUpgrade'],
  securityControlIds: ['RDS.13'],
  relatedRequirements: ['AWS FSBP RDS.13', 'CIS AWS v3.0 2.3.2', 'CIS AWS v5.0 2.2.2', 'PCI DSS v4.0 6.3.3'],
  description:
    'AutoMinorVersionUpgrade must be true. Aurora upgrades a cluster only where the cluster and each of its instances have it, so instances of Aurora are evaluated too; members of a Multi-AZ DB cluster follow their cluster (rds-cluster-minor-upgrade-enabled), and RDS Custom refuses the setting.',
  rationale:
    'Minor versions fix security vulnerabilities; without automatic upgrades a person has to install each of them.',
  guidance:
    'Enable auto minor version upgrade, and choose a maintenance window in which a restart does no harm: an upgrade interrupts the database for some minutes.',
  impact: 'none',
  recommendedMode: 'remediate',
  ...modifiesInstance('AutoMinorVersionUpgrade'),
  // RDS changes nothing before an instance is created, and restoring one takes its time.
  deadline: '2h',
  parameters: {},
  evaluate({ minorUpgrade: { DBInstanceStatus, Engine, DBClusterIdentifier, AutoMinorVersionUpgrade } }) {
    if (isCustom(Engine) || isOfOtherService(Engine)) return notApplicable(`The engine is ${Engine}.`);
    if (DBClusterIdentifier !== null && !isAurora(Engine))
      return notApplicable(`The cluster ${DBClusterIdentifier} is upgraded with all its members.`);
    if (AutoMinorVersionUpgrade) return compliant('AutoMinorVersionUpgrade is true.');
    return lacking(DBInstanceStatus, 'AutoMinorVersionUpgrade is false.', 'AutoMinorVersionUpgrade');
  },
  plan: ({ ref, minorUpgrade }) => modifyInstance(ref, minorUpgrade, { AutoMinorVersionUpgrade: true }),
});
