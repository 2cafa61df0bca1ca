import scene from '../../../scenes/iam/iam-administrator-access-restricted.ts';
import control from '../../../shared/controls/iam/iam-administrator-access-restricted.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const UserName = 'jo';
const managed = (PolicyName: string) => ({ PolicyName, PolicyArn: `arn:aws:iam::aws:policy/${PolicyName}` });
const admin = managed('AdministratorAccess');
const power = managed('PowerUserAccess');
const own = { PolicyName: 'AdministratorAccess', PolicyArn: 'arn:aws:iam::111122223333:policy/AdministratorAccess' };
const inline = (PolicyName: string, Action: string) => ({
  PolicyName,
  PolicyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }),
});
const none = { attachedPolicies: [], inlinePolicies: [], groups: [] };
const groupOf = (GroupName: string, ...attachedPolicies: (typeof admin)[]) => ({
  GroupName,
  attachedPolicies,
  inlinePolicies: [],
});

testControl(control, {
  resourceId: UserName,
  compliant: {
    'no policies': none,
    'policies that allow less': {
      attachedPolicies: [power, own],
      inlinePolicies: [inline('own', 's3:*')],
      groups: [groupOf('developers', power)],
    },
    'a user that may be one': { ...none, attachedPolicies: [admin], parameters: { allowedNames: ['j?'] } },
    'a group that may have them': { ...none, groups: [groupOf('break-glass', admin)] },
  },
  nonCompliant: {
    'attached and inline, beside others': {
      given: { ...none, attachedPolicies: [admin, power], inlinePolicies: [inline('all', '*'), inline('own', 's3:*')] },
      plan: [
        ['DetachUserPolicy', { UserName, PolicyArn: admin.PolicyArn }],
        ['DeleteUserPolicy', { UserName, PolicyName: 'all' }],
      ],
      // By the names that iam-user-direct-policies-prohibited has for them.
      elements: [[`policy ${admin.PolicyArn}`], ['inline policy all']],
      undo: [
        ['AttachUserPolicy', { UserName, PolicyArn: admin.PolicyArn }],
        ['PutUserPolicy', { UserName, ...inline('all', '*') }],
      ],
      after: { ...none, attachedPolicies: [power], inlinePolicies: [inline('own', 's3:*')] },
      says: 'by its policies: AdministratorAccess, all.',
      same: { 'a policy that allows less is attached too': { attachedPolicies: [admin, power, own] } },
      other: { 'a second policy does it': { attachedPolicies: [admin, managed('IAMFullAccess')] } },
    },
    'what parameters name': {
      given: { ...none, attachedPolicies: [admin, power, own] },
      parameters: { prohibitedPolicies: ['PowerUserAccess', own.PolicyArn] },
      plan: [
        ['DetachUserPolicy', { UserName, PolicyArn: power.PolicyArn }],
        ['DetachUserPolicy', { UserName, PolicyArn: own.PolicyArn }],
      ],
      after: { ...none, attachedPolicies: [admin] },
    },
    'of the partition of China': {
      given: { ...none, attachedPolicies: [{ ...admin, PolicyArn: 'arn:aws-cn:iam::aws:policy/AdministratorAccess' }] },
      plan: [['DetachUserPolicy', { UserName, PolicyArn: 'arn:aws-cn:iam::aws:policy/AdministratorAccess' }]],
      after: none,
    },
    'by a group': {
      given: { ...none, groups: [groupOf('developers', power), groupOf('admins', admin)] },
      plan: [],
      byHand: 'stay an administrator by its groups: admins.',
      says: 'by its groups: admins.',
    },
    'by a group and by itself': {
      given: { ...none, attachedPolicies: [admin], groups: [groupOf('admins', admin)] },
      plan: [],
      byHand: 'stay an administrator by its groups: admins.',
      says: 'by its policies: AdministratorAccess.',
    },
  },
});

testScene(control, scene);
