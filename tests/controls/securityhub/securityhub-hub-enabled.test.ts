import scene from '../../../scenes/securityhub/securityhub-hub-enabled.ts';
import control from '../../../shared/controls/securityhub/securityhub-hub-enabled.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const hub = { HubArn: `arn:aws:securityhub:eu-west-1:${SAMPLE_ACCOUNT}:hub/default` };

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: { enabled: { hub } },
  nonCompliant: {
    'not enabled': {
      given: { hub: null },
      plan: [['EnableSecurityHub', { EnableDefaultStandards: true }]],
      elements: [['hub']],
      undo: [['DisableSecurityHub', {}]],
      after: { hub },
      says: 'Security Hub CSPM is not enabled in eu-west-1.',
    },
    'not enabled, to be enabled without standards': {
      given: { hub: null },
      parameters: { defaultStandards: false },
      plan: [['EnableSecurityHub', { EnableDefaultStandards: false }]],
      after: { hub },
    },
  },
  besides: { 'iam:CreateServiceLinkedRole': 'EnableSecurityHub creates its role where there is none' },
});

testScene(control, scene);
