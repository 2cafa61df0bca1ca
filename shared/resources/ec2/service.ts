import { defineService } from '../../service.ts';

export default defineService({
  id: 'ec2',
  domain: 'infrastructure',
  eventSources: ['ec2.amazonaws.com', 'aws.ec2', 'backup.amazonaws.com', 'aws.backup'],
  sdks: {
    ec2: () => import('@aws-sdk/client-ec2'),
    cloudwatch: () => import('@aws-sdk/client-cloudwatch'),
  },
});
