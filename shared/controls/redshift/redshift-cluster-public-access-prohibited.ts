import { ModifyClusterCommand, RedshiftClient } from '@aws-sdk/client-redshift';
import { lacking, whereAvailable } from '../../aws/redshift/cluster-status.ts';
import { compliant, defineControl } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
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
  relatedRequirements: [
    'AWS FSBP Redshift.1',
    ...requirements('PCI DSS v4.0', '1.2.8 1.3.1 1.3.2 1.4.2 1.5.1 3.5.1.3 10.3.2 A1.1.2 A1.1.3 A3.4.1'),
    ...requirements(
      'NIST 800-53 r5',
      'AC-2(6) AC-3 AC-3(7) AC-4(21) AC-6 AC-17 AC-17(1) AC-17(4) AC-17(9) AC-17(10) MP-2 SC-7 SC-7(2) SC-7(3) SC-7(7) SC-7(9) SC-7(11) SC-7(12) SC-7(16) SC-7(20) SC-7(21) SC-7(24) SC-7(25) SC-7(26) SC-7(27) SC-7(28) SC-25',
    ),
  ],
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
