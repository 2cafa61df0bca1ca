import { defineService } from '../../service.ts';

export default defineService({
  id: 'elasticfilesystem',
  domain: 'data',
  eventSources: ['elasticfilesystem.amazonaws.com', 'backup.amazonaws.com', 'aws.backup'],
  sdks: { efs: () => import('@aws-sdk/client-efs') },
});
