import {
  arn,
  NOTIFICATION,
  type ServiceEvents,
  type Unmodelled,
} from '../../support/predicted-events/service-events.ts';

const CERTIFICATE = arn('acm', 'certificate/4f0c6a53-2c0e-4a39-9a0e-1f6f0a6d2b11');
const SAMPLED = arn('acm', 'certificate/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9');

const ofSample = (sample: string): Unmodelled => ({ sample, ids: [SAMPLED], why: NOTIFICATION });

export default {
  types: {
    'AWS::ACM::Certificate': {
      id: CERTIFICATE,
      unmodelled: {
        'aws.acm ACM Certificate Approaching Expiration': ofSample('acm/ACMCertificateApproachingExpiration'),
        'aws.acm ACM Certificate Available': ofSample('acm/ACMCertificateAvailable'),
        'aws.acm ACM Certificate Expired': ofSample('acm/ACMCertificateExpired'),
        'aws.acm ACM Certificate Renewal Action Required': ofSample('acm/ACMCertificateRenewalActionRequired'),
      },
    },
  },
  names: { acm: { CertificateArn: CERTIFICATE } },
} satisfies ServiceEvents;
