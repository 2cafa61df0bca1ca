import scene from '../../scenes/iam/iam-root-user-unused.ts';
import detection from '../../shared/detections/iam-root-user-unused.ts';
import { SAMPLE_ACCOUNT, sampleEvent } from '../support/samples.ts';
import { testDetection } from '../support/test-detection.ts';

/** Another event of the same kind. */
const again = (name: string) => sampleEvent(name, { '2026-11-02T': '2026-11-03T', '198.51.100.23': '203.0.113.9' });
const read = (eventName: string) =>
  sampleEvent('detections/RootCall.again', { DeactivateMFADevice: eventName, '"readOnly": false': '"readOnly": true' });

testDetection(detection, scene, {
  detected: {
    'a call in the console': {
      event: 'detections/RootCall',
      resourceId: SAMPLE_ACCOUNT,
      says: 'The root user called CreateAccessKey of iam.amazonaws.com, from 198.51.100.23.',
      same: [again('detections/RootCall'), 'detections/RootCall.old-console'],
      other: [
        'detections/RootCall.again',
        'detections/RootCall.failed',
        'detections/RootConsoleLogin',
        'detections/RootConsoleLogin.failed',
        read('ListAccessKeys'),
      ],
    },
    'a call that failed': {
      event: 'detections/RootCall.failed',
      resourceId: SAMPLE_ACCOUNT,
      says: 'LeaveOrganization of organizations.amazonaws.com, which failed with MasterCannotLeaveOrganizationException',
      other: [
        sampleEvent('detections/RootCall.failed', { MasterCannotLeaveOrganizationException: 'AccessDeniedException' }),
      ],
    },
    'all that only reads': {
      event: read('ListUsers'),
      resourceId: SAMPLE_ACCOUNT,
      says: 'called ListUsers of iam.amazonaws.com',
      same: [read('ListAccessKeys')],
    },
    'a sign-in': {
      event: 'detections/RootConsoleLogin',
      resourceId: SAMPLE_ACCOUNT,
      says: 'The root user signed in at the console (ConsoleLogin: Success, MFA used: Yes), from 198.51.100.23.',
      same: [again('detections/RootConsoleLogin')],
      other: [sampleEvent('detections/RootConsoleLogin', { '"MFAUsed": "Yes"': '"MFAUsed": "No"' })],
    },
    'a sign-in that failed': {
      event: 'detections/RootConsoleLogin.failed',
      resourceId: SAMPLE_ACCOUNT,
      says: 'ConsoleLogin: Failure, MFA used: No',
    },
  },
  ignored: {
    'what a service does for the root user': 'detections/RootCall.by-service',
    'what AWS does by itself': 'detections/RootCall.service-event',
    'a role that does the same': 'detections/UserCall',
  },
});
