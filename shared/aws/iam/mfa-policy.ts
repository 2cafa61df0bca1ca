import { isDeepStrictEqual } from 'node:util';
import type { InlinePolicy } from './identity-policies.ts';
import { parsePolicy } from './policy-document.ts';

/** With a path or without. */
const OWN_USER = ['arn:*:iam::*:user/${aws:username}', 'arn:*:iam::*:user/*/${aws:username}'];

const DOCUMENT = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'RegisterOwnDevice',
      Effect: 'Allow',
      Action: [
        'iam:CreateVirtualMFADevice',
        'iam:EnableMFADevice',
        'iam:GetMFADevice',
        'iam:GetUser',
        'iam:ListMFADevices',
        'iam:ResyncMFADevice',
      ],
      Resource: ['arn:*:iam::*:mfa/*', ...OWN_USER],
    },
    {
      Sid: 'DenyAllElseWithoutMFA',
      Effect: 'Deny',
      NotAction: [
        'iam:ChangePassword',
        'iam:CreateVirtualMFADevice',
        'iam:EnableMFADevice',
        'iam:GetAccountPasswordPolicy',
        'iam:GetMFADevice',
        'iam:GetUser',
        'iam:ListMFADevices',
        'iam:ResyncMFADevice',
        'sts:GetSessionToken',
      ],
      Resource: '*',
      // Access keys are used without this key, so that programs of the user go on: `BoolIfExists` would stop them.
      Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } },
    },
  ],
};

/** The policy that lets a user who signed in without MFA do nothing but register a device. */
export const mfaPolicy: InlinePolicy = { PolicyName: 'EvenkeelRequireMFA', PolicyDocument: JSON.stringify(DOCUMENT) };

/** Whether it is that policy, and not only its name. */
export const requiresMfa = ({ PolicyName, PolicyDocument }: InlinePolicy): boolean =>
  PolicyName === mfaPolicy.PolicyName && isDeepStrictEqual(parsePolicy(PolicyDocument), DOCUMENT);
