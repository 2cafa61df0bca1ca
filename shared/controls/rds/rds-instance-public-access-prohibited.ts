import { lacking, modifiesInstance, modifyInstance } from '../../aws/rds/modification.ts';
import { byHand, compliant, defineControl } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { dbInstance } from '../../resources/rds/instance.ts';

/** Engines whose cluster leaves this setting to each instance. */
const SET_BY_INSTANCE = /^(aurora|neptune|docdb)/;

const OFFENDING = 'PubliclyAccessible';

export default defineControl({
  id: 'rds-instance-public-access-prohibited',
  title: 'RDS instances must not be publicly accessible',
  severity: 'CRITICAL',
  resource: dbInstance,
  needs: ['instance'],
  securityControlIds: ['RDS.2'],
  relatedRequirements: [
    'AWS FSBP RDS.2',
    'CIS AWS v3.0 2.3.3',
    'CIS AWS v5.0 2.2.3',
    ...requirements('PCI DSS v4.0', '1.2.8 1.3.1 1.3.2 1.4.2 1.5.1 3.5.1.3 10.3.2 A1.1.2 A1.1.3 A3.4.1'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(6) AC-3 AC-3(7) AC-4(21) AC-6 AC-17 AC-17(1) AC-17(4) AC-17(9) AC-17(10) MP-2 SC-7 SC-7(2) SC-7(3) SC-7(7) SC-7(9) SC-7(11) SC-7(12) SC-7(16) SC-7(20) SC-7(21) SC-7(24) SC-7(25) SC-7(26) SC-7(27) SC-7(28) SC-25',
    ),
    'SOC 2 CC6.2',
  ],
  description:
    'PubliclyAccessible must be false, for instances of RDS, Aurora and Neptune. An instance that is currently unreachable is non-compliant too: the next change of a security group may expose it.',
  rationale:
    'The name of a public instance resolves to a public address: one security group that is too permissive, and the database is exposed to the Internet.',
  guidance:
    'Set PubliclyAccessible to false; clients outside the VPC reach the database through a VPN, a bastion or Session Manager port forwarding. The address of the endpoint changes, so open connections from outside are dropped.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  ...modifiesInstance('PubliclyAccessible'),
  parameters: {},
  // RDS changes nothing before an instance is created, and restoring one takes its time.
  deadline: '2h',
  evaluate: ({ instance: { DBInstanceStatus, PubliclyAccessible } }) =>
    PubliclyAccessible
      ? lacking(DBInstanceStatus, 'PubliclyAccessible is true.', OFFENDING)
      : compliant('PubliclyAccessible is false.'),
  plan({ ref, instance }) {
    const { DBClusterIdentifier, Engine } = instance;
    if (DBClusterIdentifier !== null && !SET_BY_INSTANCE.test(Engine ?? ''))
      return byHand(
        `It belongs to the Multi-AZ DB cluster ${DBClusterIdentifier}, of which RDS modifies no instance: restore the cluster without public access.`,
      );
    // RDS applies this setting at once, maintenance window or not.
    return modifyInstance(ref, instance, { PubliclyAccessible: false });
  },
});
