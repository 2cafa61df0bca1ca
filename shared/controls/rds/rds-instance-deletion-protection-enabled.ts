import { lacking, modifiesInstance, modifyInstance } from '../../aws/rds/modification.ts';
import { compliant, defineControl, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { dbInstance } from '../../resources/rds/instance.ts';

export default defineControl({
  id: 'rds-instance-deletion-protection-enabled',
  title: 'RDS instances must be protected from deletion',
  severity: 'LOW',
  resource: dbInstance,
  needs: ['deletionProtection'],
  securityControlIds: ['RDS.8'],
  relatedRequirements: [
    'AWS FSBP RDS.8',
    ...requirements('NIST 800-53 r5', 'CA-7(4) CM-3 CP-1 CP-2 CP-2(5) SA-15 SC-5(2) SC-22 SI-13(5)'),
    'SOC 2 C1.1',
  ],
  description:
    "DeletionProtection must be true. Members of a cluster are not evaluated: the setting is the cluster's (rds-cluster-deletion-protection-enabled).",
  rationale:
    'Deletion protection prevents that one wrong call, script or deleted stack deletes the database: deleting it requires two steps.',
  guidance:
    'Enable deletion protection. Disable it before you delete the database intentionally; exempt short-lived databases, such as those of tests.',
  impact: 'none',
  recommendedMode: 'remediate',
  ...modifiesInstance('DeletionProtection'),
  // RDS changes nothing before an instance is created, and restoring one takes its time.
  deadline: '2h',
  parameters: {},
  evaluate({ deletionProtection: { DBInstanceStatus, DBClusterIdentifier, DeletionProtection } }) {
    if (DBClusterIdentifier !== null)
      return notApplicable(`The cluster ${DBClusterIdentifier} is protected, not its members.`);
    if (DeletionProtection) return compliant('DeletionProtection is true.');
    return lacking(DBInstanceStatus, 'DeletionProtection is false.', 'DeletionProtection');
  },
  plan: ({ ref, deletionProtection }) => modifyInstance(ref, deletionProtection, { DeletionProtection: true }),
});
