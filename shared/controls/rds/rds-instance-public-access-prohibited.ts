import { ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { byHand, compliant, defineControl, nonCompliant, notApplicable, settling } from '../../control.ts';
import { dbInstance } from '../../resources/rds/instance.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'rds:ModifyDBInstance': 'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:db:*' };

/** Statuses in which RDS takes a modification. While storage is being optimized, all but the storage can be changed. */
const MODIFIABLE = ['available', 'storage-optimization', 'storage-full'];
/** Statuses in which an instance stays until a person acts; in all others RDS is at work. */
const STUCK =
  /^(stopped|failed|restore-error|insufficient-capacity|inaccessible-encryption-credentials.*|incompatible-.*)$/;
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
  relatedRequirements: ['CIS AWS v3.0 2.3.3', 'CIS AWS v5.0 2.2.3'],
  description:
    'PubliclyAccessible must be false, for instances of RDS, Aurora and Neptune. An instance that is currently unreachable is non-compliant too: the next change of a security group may expose it.',
  rationale:
    'The name of a public instance resolves to a public address: one security group that is too permissive, and the database is exposed to the Internet.',
  guidance:
    'Set PubliclyAccessible to false; clients outside the VPC reach the database through a VPN, a bastion or Session Manager port forwarding. The address of the endpoint changes, so open connections from outside are dropped.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  permissions,
  undoCalls: [
    undoneBy(RDSClient, ModifyDBInstanceCommand, ({ resourceId: DBInstanceIdentifier }) => ({ DBInstanceIdentifier }), [
      'PubliclyAccessible',
      'ApplyImmediately',
    ]),
  ],
  parameters: {},
  // For some seconds after the call the instance still reads as available and public.
  settles: '30s',
  // RDS changes nothing before an instance is created, and restoring one takes its time.
  deadline: '2h',
  evaluate({ instance: { DBInstanceStatus: status, PubliclyAccessible } }) {
    if (status === 'deleting') return notApplicable('The instance is being deleted.');
    if (!PubliclyAccessible) return compliant('PubliclyAccessible is false.');
    return isAtWork(status)
      ? settling(`PubliclyAccessible is true, and RDS is at work on it: the instance is ${status}.`, '2m', OFFENDING)
      : nonCompliant('PubliclyAccessible is true.', OFFENDING);
  },
  plan({ ref, instance }) {
    const { DBInstanceStatus: status, DBClusterIdentifier, Engine } = instance;
    if (status !== null && STUCK.test(status))
      return byHand(`RDS does not modify an instance that is ${status}: it is rechecked when that ends.`);
    if (DBClusterIdentifier !== null && !SET_BY_INSTANCE.test(Engine ?? ''))
      return byHand(
        `It belongs to the Multi-AZ DB cluster ${DBClusterIdentifier}, of which RDS modifies no instance: restore the cluster without public access.`,
      );
    // This setting is applied at once whatever ApplyImmediately says; true would also apply what else is pending, and may restart the database.
    const target = { DBInstanceIdentifier: ref.resourceId, ApplyImmediately: false };
    return [set(RDSClient, ModifyDBInstanceCommand, target, instance, { PubliclyAccessible: false }, { permissions })];
  },
});

const isAtWork = (status: string | null): boolean =>
  status !== null && !MODIFIABLE.includes(status) && !STUCK.test(status);
