import type { ServiceEvents } from '../../support/predicted-events/service-events.ts';

export default {
  types: { 'AWS::AutoScaling::AutoScalingGroup': { id: 'web', names: { ResourceId: 'web' } } },
  names: { autoscaling: { AutoScalingGroupName: 'web', ResourceType: 'auto-scaling-group' } },
} satisfies ServiceEvents;
