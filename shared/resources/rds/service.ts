import { defineService } from '../../service.ts';

export default defineService({
  id: 'rds',
  domain: 'databases',
  eventSources: ['rds.amazonaws.com', 'aws.rds', 'ec2.amazonaws.com', 'backup.amazonaws.com', 'aws.backup'],
  sdks: { rds: () => import('@aws-sdk/client-rds') },
});
