import scene from '../../../scenes/ssm/ssm-document-public-access-prohibited.ts';
import control from '../../../shared/controls/ssm/ssm-document-public-access-prohibited.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const NAME = 'restart-workers';
const call = (ids: object) => ['ModifyDocumentPermission', { Name: NAME, PermissionType: 'Share', ...ids }] as const;

testControl(control, {
  resourceId: NAME,
  compliant: { 'not public': { sharing: { public: false } } },
  nonCompliant: {
    public: {
      given: { sharing: { public: true } },
      plan: [call({ AccountIdsToRemove: ['all'] })],
      // Where the account blocks public sharing, AWS refuses this; moto knows no such setting.
      undo: [call({ AccountIdsToAdd: ['all'] })],
      after: { sharing: { public: false } },
      says: 'shared with all accounts',
    },
  },
});

testScene(control, scene);
