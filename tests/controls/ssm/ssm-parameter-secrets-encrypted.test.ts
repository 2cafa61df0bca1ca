import scene from '../../../scenes/ssm/ssm-parameter-secrets-encrypted.ts';
import control from '../../../shared/controls/ssm/ssm-parameter-secrets-encrypted.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = '/prod/db/password';
const open = { Type: 'String', secret: 'a secret by its name' } as const;

testControl(control, {
  resourceId: NAME,
  compliant: {
    'an encrypted one': { content: { Type: 'SecureString', secret: null } },
    'one without a secret': { content: { Type: 'StringList', secret: null } },
    'one that only looks so': { content: open, parameters: { allowedParameters: [NAME] } },
  },
  nonCompliant: {
    'a secret by its name': {
      given: { content: open },
      plan: [],
      says: 'The parameter is a String and holds a secret by its name.',
      other: { 'a key in a list': { content: { Type: 'StringList', secret: 'an AWS access key' } } },
    },
    'a secret where another may be open': {
      given: { content: open },
      parameters: { allowedParameters: ['/prod/db'] },
      plan: [],
    },
  },
});

testScene(control, scene);
