import scene from '../../../scenes/apigateway/apigateway-stage-logging-enabled.ts';
import control from '../../../shared/controls/apigateway/apigateway-stage-logging-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const given = (loggingLevel: string, arn: string | null = 'arn:aws:iam::111122223333:role/logs') => ({
  logging: { loggingLevel },
  cloudWatchRole: { arn },
});
const put = (value: string) =>
  [
    [
      'UpdateStage',
      {
        restApiId: 'a1b2c3d4e5',
        stageName: 'prod',
        patchOperations: [{ op: 'replace', path: '/*/*/logging/loglevel', value }],
      },
    ],
  ] as const;

testControl(control, {
  resourceId: 'a1b2c3d4e5/prod',
  compliant: { 'errors are logged': given('ERROR'), 'every request is': given('INFO') },
  nonCompliant: {
    'nothing is logged': {
      given: given('OFF'),
      plan: put('ERROR'),
      after: given('ERROR'),
      undo: put('OFF'),
      says: 'The logging level of the stage is OFF.',
      elements: [['logging/loglevel']],
    },
    'and the policy wants every request': {
      given: given('OFF'),
      parameters: { level: 'INFO' },
      plan: put('INFO'),
      after: given('INFO'),
    },
    // API Gateway: "CloudWatch Logs role ARN must be set in account settings to enable logging".
    'and API Gateway has no role': {
      given: given('OFF', null),
      plan: [],
      byHand: 'API Gateway has no role for CloudWatch Logs in this region.',
    },
  },
});

testScene(control, scene);
