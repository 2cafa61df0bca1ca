import { ModifyDBParameterGroupCommand, RDSClient, ResetDBParameterGroupCommand } from '@aws-sdk/client-rds';
import { lacking } from '../../aws/rds/modification.ts';
import { byHand, compliant, defineControl, nonCompliant, notApplicable, settling } from '../../control.ts';
import { dbInstance } from '../../resources/rds/instance.ts';
import { step, undoneBy } from '../../step.ts';

const PARAMETER_GROUPS = 'arn:${AWS::Partition}:rds:*:${AWS::AccountId}:pg:*';
const permissions = { 'rds:ModifyDBParameterGroup': PARAMETER_GROUPS };

/** How engines write that a parameter is on. */
const ON = ['1', 'on', 'true'];
const isOn = (value: string | null) => value !== null && ON.includes(value.toLowerCase());

interface GroupParameter {
  readonly group: string;
  readonly name: string;
  readonly value: string | null;
  readonly isOwn: boolean;
}

/** Turns the parameter on. Undo: its previous value, or the engine's default where the group said nothing. */
function turnOn({ group: DBParameterGroupName, name: ParameterName, value, isOwn }: GroupParameter) {
  const elements = [`parameter ${ParameterName}`];
  const change = { ParameterName, ApplyMethod: 'immediate' as const };
  const put = (ParameterValue: string) => ({ DBParameterGroupName, Parameters: [{ ...change, ParameterValue }] });
  const restore = () =>
    isOwn && value !== null
      ? step(RDSClient, ModifyDBParameterGroupCommand, put(value), { elements })
      : step(RDSClient, ResetDBParameterGroupCommand, { DBParameterGroupName, Parameters: [change] }, { elements });
  return step(RDSClient, ModifyDBParameterGroupCommand, put('1'), {
    permissions,
    elements,
    undo: () => [restore()],
  });
}

export default defineControl({
  id: 'rds-instance-tls-required',
  title: 'RDS instances must refuse connections without TLS',
  severity: 'MEDIUM',
  resource: dbInstance,
  needs: ['tls'],
  planNeeds: ['othersWithGroup'],
  securityControlIds: ['RDS.38', 'RDS.39', 'RDS.41', 'RDS.44'],
  relatedRequirements: ['AWS FSBP RDS.38', 'AWS FSBP RDS.39'],
  description:
    'The parameter group of an instance must have rds.force_ssl on (PostgreSQL, SQL Server) or require_secure_transport (MySQL, MariaDB), and the instance must have applied it. Clusters have it in a cluster parameter group, and Oracle in an option group: their instances are not evaluated. A remediation changes the parameter group where no other instance uses it; the default groups of RDS cannot be changed.',
  rationale: 'Without it, a misconfigured client sends passwords and data unencrypted.',
  guidance:
    'Check that all clients connect with TLS (pg_stat_ssl, performance_schema), then set the parameter in a custom parameter group, and associate that with the instance. Clients without TLS can no longer connect.',
  impact: 'access',
  recommendedMode: 'detect',
  permissions,
  undoCalls: [
    // Which group it is, the resource does not say.
    undoneBy(RDSClient, ModifyDBParameterGroupCommand, () => ({}), ['DBParameterGroupName', 'Parameters']),
    undoneBy(RDSClient, ResetDBParameterGroupCommand, () => ({}), ['DBParameterGroupName', 'Parameters'], {
      permissions: { 'rds:ResetDBParameterGroup': PARAMETER_GROUPS },
    }),
  ],
  parameters: {},
  settles: '30s',
  evaluate({ tls: { DBInstanceStatus, Engine, DBClusterIdentifier, parameter } }) {
    if (DBClusterIdentifier !== null) return notApplicable(`A member of the cluster ${DBClusterIdentifier}.`);
    if (parameter === null) return notApplicable(`${Engine} has no parameter that requires TLS.`);
    const { group, applied, name, value } = parameter;
    if (!isOn(value)) return lacking(DBInstanceStatus, `${name} is ${value ?? 'not set'} in ${group}.`, name);
    if (applied === 'applying') return settling(`RDS is applying ${name} of ${group}.`, '1m', name);
    if (applied === 'pending-reboot')
      return nonCompliant(
        `${group} has ${name} on; it takes effect after a restart of the instance.`,
        'pending-reboot',
      );
    return compliant(`${name} is on in ${group}.`);
  },
  plan({ tls: { parameter }, othersWithGroup }) {
    if (parameter === null) return [];
    const { group, value, name, isStatic } = parameter;
    if (isOn(value)) return byHand('A restart of the instance applies the parameter.');
    if (group.startsWith('default.'))
      return byHand(`${group} is a default group of RDS: associate a custom parameter group with the instance.`);
    if (othersWithGroup.length > 0)
      return byHand(`${othersWithGroup.join(', ')} would change too: they use the same parameter group ${group}.`);
    if (isStatic) return byHand(`A change of ${name} requires a restart of the instance.`);
    return [turnOn(parameter)];
  },
});
