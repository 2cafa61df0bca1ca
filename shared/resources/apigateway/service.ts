import { defineService } from '../../service.ts';

export default defineService({
  id: 'apigateway',
  domain: 'applications',
  eventSources: ['apigateway.amazonaws.com'],
  sdks: {
    apigateway: () => import('@aws-sdk/client-api-gateway'),
    apigatewayv2: () => import('@aws-sdk/client-apigatewayv2'),
  },
});
