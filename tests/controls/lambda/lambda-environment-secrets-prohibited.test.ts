import scene from '../../../scenes/lambda/lambda-environment-secrets-prohibited.ts';
import control from '../../../shared/controls/lambda/lambda-environment-secrets-prohibited.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const password = { name: 'DB_PASSWORD', what: 'a secret by its name' };
const key = { name: 'UPLOADS', what: 'an AWS access key' };

testControl(control, {
  resourceId: 'resize-images',
  compliant: {
    'no secrets': { environmentSecrets: [] },
    'a variable that only looks so': {
      environmentSecrets: [password],
      parameters: { allowedVariables: ['DB_PASSWORD'] },
    },
  },
  nonCompliant: {
    'two secrets': {
      given: { environmentSecrets: [password, key] },
      plan: [],
      says: 'hold secrets: DB_PASSWORD (a secret by its name), UPLOADS (an AWS access key).',
      other: { 'one of them is gone': { environmentSecrets: [key] } },
    },
    'one secret beside a variable that only looks so': {
      given: { environmentSecrets: [password, key] },
      parameters: { allowedVariables: ['DB_PASSWORD'] },
      plan: [],
      says: 'hold secrets: UPLOADS (an AWS access key).',
    },
  },
});

testScene(control, scene);
