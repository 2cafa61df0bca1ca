import {
  ModifyDBClusterCommand,
  type ModifyDBClusterCommandInput,
  ModifyDBInstanceCommand,
  type ModifyDBInstanceCommandInput,
  RDSClient,
} from '@aws-sdk/client-rds';
import { byHand, type Evaluation, nonCompliant, notApplicable, type Plan, settling } from '../../control.ts';
import type { ResourceRef } from '../../resource.ts';
import { set, undoneBy } from '../../step.ts';

/** Statuses in which RDS takes a modification. While storage is being optimized, all but the storage can be changed. */
const MODIFIABLE = ['available', 'storage-optimization', 'storage-full'];
/** Statuses in which a database stays until a person acts; in all others RDS is at work. */
const STUCK =
  /^(stopped|failed|restore-error|insufficient-capacity|inaccessible-encryption-credentials.*|incompatible-.*|.*-failed)$/;

/** True where RDS is at work on a database of that status, and takes a modification when it is done. */
const isAtWork = (status: string | null): boolean =>
  status !== null && !MODIFIABLE.includes(status) && !STUCK.test(status);

/** What a database is that lacks a setting: non-compliant, and waited for while RDS is at work on it; not evaluated while it is being deleted. */
export function lacking(status: string | null, annotation: string, offending: unknown): Evaluation {
  if (status === 'deleting') return notApplicable('It is being deleted.');
  return isAtWork(status)
    ? settling(`${annotation} RDS is at work on it: it is ${status}.`, '2m', offending)
    : nonCompliant(annotation, offending);
}

const onInstances = { 'rds:ModifyDBInstance': 'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:db:*' };
const onClusters = { 'rds:ModifyDBCluster': 'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:cluster:*' };

/** The behaviour of controls that require these settings of an instance: a control spreads it. */
export const modifiesInstance = (...names: readonly (keyof ModifyDBInstanceCommandInput & string)[]) => ({
  permissions: onInstances,
  undoCalls: [
    undoneBy(RDSClient, ModifyDBInstanceCommand, ({ resourceId: DBInstanceIdentifier }) => ({ DBInstanceIdentifier }), [
      ...names,
      'ApplyImmediately',
    ]),
  ],
  // For some seconds after the call the instance still reads as available and unchanged.
  settles: '30s' as const,
});

/** The behaviour of controls that require these settings of a cluster: a control spreads it. */
export const modifiesCluster = (...names: readonly (keyof ModifyDBClusterCommandInput & string)[]) => ({
  permissions: onClusters,
  undoCalls: [
    undoneBy(RDSClient, ModifyDBClusterCommand, ({ resourceId: DBClusterIdentifier }) => ({ DBClusterIdentifier }), [
      ...names,
      'ApplyImmediately',
    ]),
  ],
  settles: '30s' as const,
});

/** Why RDS takes no modification of a database of that status before a person acts; null where it does. */
const refusal = (status: string | null) =>
  status !== null && STUCK.test(status)
    ? byHand(`RDS does not modify what is ${status}: it is rechecked when that ends.`)
    : null;

/** Changes settings of an instance. What takes an outage waits for the maintenance window: ApplyImmediately would also apply what else is pending, and may restart the database. */
export function modifyInstance<C extends Partial<ModifyDBInstanceCommandInput>>(
  { resourceId: DBInstanceIdentifier }: ResourceRef,
  instance: { readonly DBInstanceStatus: string | null } & { readonly [N in keyof C]?: unknown },
  change: C,
): Plan {
  const target = { DBInstanceIdentifier, ApplyImmediately: false };
  const modify = () => [
    set(RDSClient, ModifyDBInstanceCommand, target, instance, change, { permissions: onInstances }),
  ];
  return refusal(instance.DBInstanceStatus) ?? modify();
}

/** Changes settings of a cluster, as `modifyInstance` does those of an instance. */
export function modifyCluster<C extends Partial<ModifyDBClusterCommandInput>>(
  { resourceId: DBClusterIdentifier }: ResourceRef,
  cluster: { readonly Status: string | null } & { readonly [N in keyof C]?: unknown },
  change: C,
): Plan {
  const target = { DBClusterIdentifier, ApplyImmediately: false };
  const modify = () => [set(RDSClient, ModifyDBClusterCommand, target, cluster, change, { permissions: onClusters })];
  return refusal(cluster.Status) ?? modify();
}
