import scene from '../../../scenes/apigateway/apigateway-http-stage-logging-enabled.ts';
import control from '../../../shared/controls/apigateway/apigateway-http-stage-logging-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const AccessLogSettings = {
  DestinationArn: 'arn:aws:logs:eu-west-1:111122223333:log-group:/api/orders',
  Format: '$context.requestId',
};
const on = { accessLogs: AccessLogSettings };
const off = { accessLogs: { DestinationArn: null, Format: null } };
const target = { ApiId: 'h1t2t3p4a5', StageName: '$default' };

testControl(control, {
  resourceId: 'h1t2t3p4a5/$default',
  compliant: { 'it writes access logs': on },
  nonCompliant: {
    'it wrote them before': {
      given: off,
      lastKnown: on,
      plan: [['UpdateStage', { ...target, AccessLogSettings }]],
      after: on,
      undo: [['DeleteAccessLogSettings', target]],
      says: 'The stage writes no access logs.',
      elements: [['AccessLogSettings']],
    },
    'it never did': {
      given: off,
      plan: [],
      byHand: 'The format and the destination of the access logs are not known.',
    },
  },
});

testScene(control, scene);
