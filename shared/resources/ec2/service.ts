import { defineService } from '../../service.ts';

export default defineService({
  id: 'ec2',
  domain: 'infrastructure',
  eventSources: ['ec2.amazonaws.com', 'aws.ec2'],
  sdks: {
    ec2: () => import('@aws-sdk/client-ec2'),
    ssm: () => import('@aws-sdk/client-ssm'),
    cloudwatch: () => import('@aws-sdk/client-cloudwatch'),
  },
});
