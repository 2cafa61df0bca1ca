import { defineService } from '../../service.ts';

export default defineService({
  id: 's3',
  domain: 'data',
  eventSources: ['s3.amazonaws.com', 's3-control.amazonaws.com', 'cloudtrail.amazonaws.com'],
  sdks: {
    s3: () => import('@aws-sdk/client-s3'),
    s3control: () => import('@aws-sdk/client-s3-control'),
  },
});
