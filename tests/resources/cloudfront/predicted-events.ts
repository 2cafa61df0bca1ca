import { arn, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

export default {
  types: {
    'AWS::CloudFront::Distribution': {
      id: 'E1A2B3C4D5E6F7',
      names: { Resource: arn('cloudfront', 'distribution/E1A2B3C4D5E6F7', { region: '' }) },
    },
  },
  names: { cloudfront: { Id: 'E1A2B3C4D5E6F7', PrimaryDistributionId: 'E0PRIMARY000000' } },
} satisfies ServiceEvents;
