import { ModifyClusterCommand, RedshiftClient } from '@aws-sdk/client-redshift';
import { lacking, whereAvailable } from '../../aws/redshift/cluster-status.ts';
import { compliant, defineControl } from '../../control.ts';
import { redshiftCluster } from '../../resources/redshift/cluster.ts';
import { set, undoneBy } from '../../step.ts';

const permissions = { 'redshift:ModifyCluster': 'arn:${AWS::Partition}:redshift:*:${AWS::AccountId}:cluster:*' };

export default defineControl({
  id: 'redshift-cluster-public-access-prohibited',
  title: 'Redshift clusters must not be publicly accessible',
  severity: 'CRITICAL',
  resource: redshiftCluster,
  needs: ['access'],
  securityControlIds: ['Redshift.1'],
  relatedRequirements: [],
  description:
    'PubliclyAccessible must be false. A cluster that is currently unreachable is non-compliant too: the next change of a security group may expose it.',
  rationale:
    'A public cluster has a public address: one security group that is too permissive, and the data is exposed.',
  guidance:
    'Set PubliclyAccessible to false; clients outside the VPC reach the cluster through a VPN, a VPC endpoint that Redshift manages, or the query editor. Open connections from outside are dropped.',
  impact: 'access',
  recommendedMode: 'remediate',
  overrides: 'ownership',
  permissions,
  undoCalls: [
    undoneBy(RedshiftClient, ModifyClusterCommand, ({ resourceId: ClusterIdentifier }) => ({
      ClusterIdentifier,
      PubliclyAccessible: true,
    })),
  ],
  parameters: {},
  // For some seconds after the call the cluster still reads as available and public.
  settles: '30s',
  deadline: '2h',
  evaluate: ({ access: { ClusterStatus, PubliclyAccessible } }) =>
    PubliclyAccessible
      ? lacking(ClusterStatus, 'PubliclyAccessible is true.', 'PubliclyAccessible')
      : compliant('PubliclyAccessible is false.'),
  plan({ ref: { resourceId: ClusterIdentifier }, access }) {
    const change = { PubliclyAccessible: false };
    const close = set(RedshiftClient, ModifyClusterCommand, { ClusterIdentifier }, access, change, { permissions });
    return whereAvailable(access.ClusterStatus, close);
  },
});
