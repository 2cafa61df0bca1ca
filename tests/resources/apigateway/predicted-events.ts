import { arn, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

const ofGateway = (path: string) => arn('apigateway', path, { account: '' });

export default {
  types: {
    'AWS::ApiGateway::DomainName': {
      id: 'api.example.com',
      sdk: 'apigateway',
      names: { resourceArn: ofGateway('/domainnames/api.example.com') },
    },
    'AWS::ApiGateway::Stage': {
      id: 'a1b2c3d4e5/prod',
      sdk: 'apigateway',
      names: { resourceArn: ofGateway('/restapis/a1b2c3d4e5/stages/prod') },
    },
    'AWS::ApiGatewayV2::Stage': {
      id: 'f6g7h8i9j0/live',
      sdk: 'apigatewayv2',
      names: { ResourceArn: ofGateway('/apis/f6g7h8i9j0/stages/live') },
    },
  },
  names: {
    apigateway: { restApiId: 'a1b2c3d4e5', stageName: 'prod', domainName: 'api.example.com' },
    apigatewayv2: { ApiId: 'f6g7h8i9j0', StageName: 'live', DomainName: 'api.example.com' },
  },
  sdks: { 'apigateway.amazonaws.com': ['apigateway', 'apigatewayv2'] },
} satisfies ServiceEvents;
