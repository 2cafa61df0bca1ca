import { arn, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

export default {
  types: {
    'AWS::Redshift::Cluster': { id: 'warehouse', names: { ResourceName: arn('redshift', 'cluster:warehouse') } },
  },
  names: { redshift: { ClusterIdentifier: 'warehouse', ParameterGroupName: 'warehouse-parameters' } },
} satisfies ServiceEvents;
