import scene from '../../../scenes/logs/logs-log-group-encrypted.ts';
import control from '../../../shared/controls/logs/logs-log-group-encrypted.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-4e5f-4a6b-8c7d-0a1b2c3d4e5f';
const OTHER_KEY = KEY.replace('0a1b2c3d-', '1a1b2c3d-');
const given = (kmsKeyId: string | null) => ({ encryption: { kmsKeyId } });
const associate = (kmsKeyId: string) => [['AssociateKmsKey', { logGroupName: '/shop/orders', kmsKeyId }]] as const;

testControl(control, {
  resourceId: '/shop/orders',
  compliant: { 'with a key': given(KEY) },
  nonCompliant: {
    'it had a key before': {
      given: given(null),
      lastKnown: given(KEY),
      parameters: { kmsKeyArn: OTHER_KEY },
      plan: associate(KEY),
      after: given(KEY),
      undo: [['DisassociateKmsKey', { logGroupName: '/shop/orders' }]],
      says: 'The log group has no KMS key.',
    },
    'the policy names a key': {
      given: given(null),
      parameters: { kmsKeyArn: OTHER_KEY },
      plan: associate(OTHER_KEY),
      after: given(OTHER_KEY),
    },
    'nobody names one': { given: given(null), plan: [], byHand: 'The parameter kmsKeyArn is empty.' },
    'the key that is named is of another region': {
      given: given(null),
      parameters: { kmsKeyArn: OTHER_KEY.replace('eu-west-1', 'eu-north-1') },
      plan: [],
      byHand: 'The key of kmsKeyArn is not in eu-west-1.',
    },
  },
});

testScene(control, scene);
