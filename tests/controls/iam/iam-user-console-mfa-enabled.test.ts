import scene from '../../../scenes/iam/iam-user-console-mfa-enabled.ts';
import { mfaPolicy } from '../../../shared/aws/iam/mfa-policy.ts';
import control from '../../../shared/controls/iam/iam-user-console-mfa-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const UserName = 'jo';
const loginProfile = { CreateDate: '2025-12-31T22:00:00.000Z' };
const without = { loginProfile, mfaDevices: [], inlinePolicies: [] };
const device = 'arn:aws:iam::111122223333:mfa/jo';
const hollow = { PolicyName: mfaPolicy.PolicyName, PolicyDocument: '{"Statement":[]}' };
const own = { PolicyName: 'own', PolicyDocument: '{"Statement":[]}' };
const put = ['PutUserPolicy', { UserName, ...mfaPolicy }] as const;

testControl(control, {
  resourceId: UserName,
  compliant: {
    'a device': { ...without, mfaDevices: [device] },
    'no password': { ...without, loginProfile: null },
    'the policy that requires MFA': { ...without, inlinePolicies: [own, mfaPolicy] },
    'a new password, where there is time': { ...without, parameters: { graceHours: 3 } },
  },
  nonCompliant: {
    'a password alone': {
      given: { ...without, inlinePolicies: [own] },
      plan: [put],
      elements: [['inline policy EvenkeelRequireMFA']],
      undo: [['DeleteUserPolicy', { UserName, PolicyName: mfaPolicy.PolicyName }]],
      after: { ...without, inlinePolicies: [own, mfaPolicy] },
      says: 'a password for the console and no MFA device.',
      same: { 'another password': { loginProfile: { CreateDate: '2024-01-01T00:00:00.000Z' } } },
    },
    'a password alone, and a policy that has only the name': {
      given: { ...without, inlinePolicies: [hollow] },
      plan: [put],
      undo: [['PutUserPolicy', { UserName, ...hollow }]],
      after: { ...without, inlinePolicies: [mfaPolicy] },
    },
    'a password that is two hours old, where there was one hour': {
      given: without,
      parameters: { graceHours: 1 },
      plan: [put],
      after: { ...without, inlinePolicies: [mfaPolicy] },
    },
  },
});

testScene(control, scene);
