import scene from '../../../scenes/kms/kms-key-rotation-enabled.ts';
import control from '../../../shared/controls/kms/kms-key-rotation-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const KeyId = '1f2e3d4c-5b6a-4798-8a1b-2c3d4e5f6071';
const kind = {
  KeyManager: 'CUSTOMER',
  KeyState: 'Enabled',
  KeySpec: 'SYMMETRIC_DEFAULT',
  Origin: 'AWS_KMS',
  MultiRegionKeyType: null,
} as const;
const off = { ...kind, status: { KeyRotationEnabled: false, RotationPeriodInDays: null } };
const on = { ...kind, status: { KeyRotationEnabled: true, RotationPeriodInDays: 180 } };

testControl(control, {
  resourceId: KeyId,
  compliant: {
    'a key that rotates': { rotation: on },
    // KMS goes on where the key is enabled again.
    'a disabled key that rotates': { rotation: { ...on, KeyState: 'Disabled' } },
    'a primary key that rotates': { rotation: { ...on, MultiRegionKeyType: 'PRIMARY' } },
  },
  notApplicable: {
    'the key of a service': { rotation: { ...off, KeyManager: 'AWS' } },
    // KMS answers UnsupportedOperationException for these; moto would let them rotate.
    'an asymmetric key': { rotation: { ...kind, KeySpec: 'RSA_2048', status: null } },
    'imported material': { rotation: { ...kind, Origin: 'EXTERNAL', status: null } },
    'a replica': { rotation: { ...off, MultiRegionKeyType: 'REPLICA' } },
    // KMS answers DisabledException and KMSInvalidStateException.
    'a disabled key': { rotation: { ...off, KeyState: 'Disabled' } },
    'a key that is to be deleted': { rotation: { ...off, KeyState: 'PendingDeletion' } },
  },
  nonCompliant: {
    'a key that never rotated': {
      given: { rotation: off },
      plan: [['EnableKeyRotation', { KeyId }]],
      elements: [['KeyRotationEnabled']],
      undo: [['DisableKeyRotation', { KeyId }]],
      after: { rotation: on },
      says: 'does not rotate.',
    },
    'a key that rotated twice a year before': {
      given: { rotation: off },
      lastKnown: { rotation: on },
      plan: [['EnableKeyRotation', { KeyId, RotationPeriodInDays: 180 }]],
      after: { rotation: on },
    },
    'a primary key': {
      given: { rotation: { ...off, MultiRegionKeyType: 'PRIMARY' } },
      plan: [['EnableKeyRotation', { KeyId }]],
      after: { rotation: { ...on, MultiRegionKeyType: 'PRIMARY' } },
    },
  },
});

testScene(control, scene);
