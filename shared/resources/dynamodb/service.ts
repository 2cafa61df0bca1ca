import { defineService } from '../../service.ts';

export default defineService({
  id: 'dynamodb',
  domain: 'databases',
  eventSources: ['dynamodb.amazonaws.com', 'backup.amazonaws.com', 'aws.backup'],
  sdks: { dynamodb: () => import('@aws-sdk/client-dynamodb') },
});
