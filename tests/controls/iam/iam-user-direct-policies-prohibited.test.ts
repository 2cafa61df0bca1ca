import scene from '../../../scenes/iam/iam-user-direct-policies-prohibited.ts';
import { mfaPolicy } from '../../../shared/aws/iam/mfa-policy.ts';
import control from '../../../shared/controls/iam/iam-user-direct-policies-prohibited.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const UserName = 'jo';
const managed = (PolicyName: string) => ({ PolicyName, PolicyArn: `arn:aws:iam::aws:policy/${PolicyName}` });
const readOnly = managed('ReadOnlyAccess');
const quarantine = managed('AWSCompromisedKeyQuarantineV3');
/** Anybody in the account can give a policy that name. */
const sameName = {
  PolicyName: quarantine.PolicyName,
  PolicyArn: `arn:aws:iam::111122223333:policy/${quarantine.PolicyName}`,
};
const inline = { PolicyName: 'own', PolicyDocument: '{ "Statement": [] }' };
const none = { attachedPolicies: [], inlinePolicies: [] };

testControl(control, {
  resourceId: UserName,
  compliant: {
    'no policies': none,
    'the policy that requires MFA': { ...none, inlinePolicies: [mfaPolicy] },
    'the quarantine of AWS': { ...none, attachedPolicies: [quarantine] },
  },
  nonCompliant: {
    'one attached, one inline, and the quarantine': {
      given: { attachedPolicies: [quarantine, readOnly], inlinePolicies: [inline] },
      plan: [
        ['DetachUserPolicy', { UserName, PolicyArn: readOnly.PolicyArn }],
        ['DeleteUserPolicy', { UserName, PolicyName: 'own' }],
      ],
      elements: [[`policy ${readOnly.PolicyArn}`], ['inline policy own']],
      undo: [
        ['AttachUserPolicy', { UserName, PolicyArn: readOnly.PolicyArn }],
        ['PutUserPolicy', { UserName, ...inline }],
      ],
      after: { ...none, attachedPolicies: [quarantine] },
      says: 'attached are ReadOnlyAccess; inline are own.',
      same: { 'the text of the inline policy differs': { inlinePolicies: [{ ...inline, PolicyDocument: '{}' }] } },
      other: {
        'a second one is attached': { attachedPolicies: [readOnly, managed('SecurityAudit')] },
        'the attached one has the name of the inline one': {
          attachedPolicies: [managed('own')],
          inlinePolicies: [{ ...inline, PolicyName: 'ReadOnlyAccess' }],
        },
      },
    },
    'another policy by the name of the one that requires MFA': {
      given: { ...none, inlinePolicies: [{ ...inline, PolicyName: mfaPolicy.PolicyName }] },
      plan: [['DeleteUserPolicy', { UserName, PolicyName: mfaPolicy.PolicyName }]],
      after: none,
    },
    "a policy of the customer's with the name of the quarantine": {
      given: { ...none, attachedPolicies: [sameName] },
      plan: [['DetachUserPolicy', { UserName, PolicyArn: sameName.PolicyArn }]],
      after: none,
      says: 'attached are AWSCompromisedKeyQuarantineV3.',
    },
  },
});

testScene(control, scene);
