import { isCustom } from '../../aws/rds/engines.ts';
import { lacking, modifiesInstance, modifyInstance } from '../../aws/rds/modification.ts';
import { compliant, defineControl, notApplicable, settling } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { dbInstance } from '../../resources/rds/instance.ts';

export default defineControl({
  id: 'rds-instance-multi-az-enabled',
  title: 'RDS instances must have a standby in a second availability zone',
  severity: 'MEDIUM',
  resource: dbInstance,
  needs: ['multiAz'],
  securityControlIds: ['RDS.5'],
  relatedRequirements: [
    'AWS FSBP RDS.5',
    'CIS AWS v5.0 2.2.4',
    ...requirements('NIST 800-53 r5', 'CP-1 CP-2 CP-2(5) CP-2(6) CP-6(2) CP-10 SC-5(2) SC-6 SC-22 SC-36 SI-13(5)'),
  ],
  description:
    'MultiAZ must be true. Read replicas, RDS Custom and members of a cluster are not evaluated (rds-cluster-multi-az-enabled). A remediation requests the standby from the next maintenance window on; it doubles the price of the instance, so the recommended mode only detects: set the mode by tag, for production.',
  rationale:
    'With a standby the database is back within a minute or two where an availability zone fails; without, it is down until somebody restores a backup.',
  guidance:
    'Enable Multi-AZ at a time of low load: RDS takes a snapshot to fill the standby, and writes are slower while it does. Web and Express editions of SQL Server have none.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  ...modifiesInstance('MultiAZ'),
  // Maintenance windows come once a week.
  deadline: '8d',
  parameters: {},
  evaluate({ multiAz: { DBInstanceStatus, Engine, DBClusterIdentifier, replicaOf, MultiAZ, pending } }) {
    if (DBClusterIdentifier !== null) return notApplicable(`A member of the cluster ${DBClusterIdentifier}.`);
    if (replicaOf !== null) return notApplicable(`A read replica of ${replicaOf}.`);
    if (isCustom(Engine)) return notApplicable(`The engine is ${Engine}.`);
    if (MultiAZ) return compliant('MultiAZ is true.');
    if (pending === true) return settling('MultiAZ is false until the next maintenance window.', '6h', 'MultiAZ');
    return lacking(DBInstanceStatus, 'MultiAZ is false.', 'MultiAZ');
  },
  plan: ({ ref, multiAz }) => modifyInstance(ref, multiAz, { MultiAZ: true }),
});
