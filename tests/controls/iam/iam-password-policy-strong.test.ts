import scene from '../../../scenes/iam/iam-password-policy-strong.ts';
import control from '../../../shared/controls/iam/iam-password-policy-strong.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const strong = {
  MinimumPasswordLength: 14,
  RequireSymbols: true,
  RequireNumbers: true,
  RequireUppercaseCharacters: true,
  RequireLowercaseCharacters: true,
  AllowUsersToChangePassword: true,
  MaxPasswordAge: 90,
  PasswordReusePrevention: 24,
  HardExpiry: null,
};
const { HardExpiry: _, ...strongInput } = strong;
const created = { ...strongInput, AllowUsersToChangePassword: false };

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: {
    'as strong as required': { passwordPolicy: strong },
    'stronger, with an expiry that locks users out': {
      passwordPolicy: { ...strong, MinimumPasswordLength: 20, MaxPasswordAge: 30, HardExpiry: true },
    },
    'without an age, where none is asked for': {
      passwordPolicy: { ...strong, MaxPasswordAge: null, PasswordReusePrevention: null },
      parameters: { maxAgeDays: 0, reusePrevention: 0 },
    },
  },
  nonCompliant: {
    none: {
      given: { passwordPolicy: null },
      plan: [['UpdateAccountPasswordPolicy', created]],
      undo: [['DeleteAccountPasswordPolicy', {}]],
      after: { passwordPolicy: { ...strong, AllowUsersToChangePassword: false } },
      says: 'no password policy',
      other: { 'a weak one': { passwordPolicy: { ...strong, MinimumPasswordLength: 8 } } },
    },
    'short passwords that never expire, without numbers': {
      given: {
        passwordPolicy: { ...strong, MinimumPasswordLength: 8, RequireNumbers: false, MaxPasswordAge: null },
      },
      // IAM sets what a request leaves out to its default: the whole policy goes with it.
      plan: [['UpdateAccountPasswordPolicy', strongInput]],
      elements: [['MinimumPasswordLength', 'RequireNumbers', 'MaxPasswordAge']],
      undo: [
        [
          'UpdateAccountPasswordPolicy',
          {
            ...Object.fromEntries(Object.entries(strongInput).filter(([name]) => name !== 'MaxPasswordAge')),
            MinimumPasswordLength: 8,
            RequireNumbers: false,
          },
        ],
      ],
      after: { passwordPolicy: strong },
      says: 'MinimumPasswordLength is 8, RequireNumbers is false, MaxPasswordAge is not set.',
    },
    'old passwords may be used again, where users are locked out once theirs expires': {
      given: { passwordPolicy: { ...strong, PasswordReusePrevention: 5, MaxPasswordAge: 60, HardExpiry: true } },
      plan: [['UpdateAccountPasswordPolicy', { ...strongInput, MaxPasswordAge: 60, HardExpiry: true }]],
      after: { passwordPolicy: { ...strong, MaxPasswordAge: 60, HardExpiry: true } },
      says: 'PasswordReusePrevention is 5.',
    },
    'passwords live too long, where users are locked out once theirs expires': {
      given: { passwordPolicy: { ...strong, MaxPasswordAge: 365, HardExpiry: true } },
      plan: [],
      byHand: 'locked out',
      says: 'MaxPasswordAge is 365.',
    },
    'shorter than a parameter asks for': {
      given: { passwordPolicy: strong },
      parameters: { minimumLength: 16 },
      plan: [['UpdateAccountPasswordPolicy', { ...strongInput, MinimumPasswordLength: 16 }]],
      after: { passwordPolicy: { ...strong, MinimumPasswordLength: 16 } },
    },
  },
});

testScene(control, scene);
