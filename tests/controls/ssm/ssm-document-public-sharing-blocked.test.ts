import scene from '../../../scenes/ssm/ssm-document-public-sharing-blocked.ts';
import control from '../../../shared/controls/ssm/ssm-document-public-sharing-blocked.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const SettingId = '/ssm/documents/console/public-sharing-permission';
const given = (value: 'Enable' | 'Disable', status: 'Default' | 'Customized' | 'PendingUpdate' = 'Customized') => ({
  documentSharing: { value, status },
});
const updated = (SettingValue: string) => ['UpdateServiceSetting', { SettingId, SettingValue }] as const;

// The operations are not moto's: the local account has them added. AWS: the setting is the account's in one region, and
// public sharing is on until somebody blocks it; TooManyUpdates, where others update settings meanwhile, passes.
testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: { 'it is blocked': given('Disable'), 'it is being blocked': given('Disable', 'PendingUpdate') },
  nonCompliant: {
    'nobody ever blocked it': {
      given: given('Enable', 'Default'),
      plan: [updated('Disable')],
      undo: [['ResetServiceSetting', { SettingId }]],
      elements: [['public sharing of documents']],
      after: given('Disable'),
      says: 'Public sharing of documents is not blocked in eu-west-1.',
    },
    'somebody allowed it': {
      given: given('Enable'),
      plan: [updated('Disable')],
      undo: [updated('Enable')],
      after: given('Disable'),
    },
  },
});

testScene(control, scene);
