import scene from '../../../scenes/iam/iam-group-administrator-access-restricted.ts';
import control from '../../../shared/controls/iam/iam-group-administrator-access-restricted.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const managed = (PolicyName: string) => ({ PolicyName, PolicyArn: `arn:aws:iam::aws:policy/${PolicyName}` });
const admin = managed('AdministratorAccess');
const inline = (PolicyName: string, Action: string) => ({
  PolicyName,
  PolicyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }),
});
const none = { attachedPolicies: [], inlinePolicies: [] };

testControl(control, {
  resourceId: 'developers',
  compliant: {
    'no policies': none,
    'policies that allow less': {
      ...none,
      attachedPolicies: [managed('PowerUserAccess')],
      inlinePolicies: [inline('own', 's3:*')],
    },
    'a group that may': { ...none, attachedPolicies: [admin], parameters: { allowedNames: ['dev*'] } },
  },
  nonCompliant: {
    'attached and inline, beside others': {
      given: {
        ...none,
        attachedPolicies: [admin, managed('PowerUserAccess')],
        inlinePolicies: [inline('all', '*'), inline('own', 's3:*')],
      },
      plan: [],
      says: ': AdministratorAccess, all.',
      same: { 'one that allows less goes': { inlinePolicies: [inline('all', '*')] } },
      other: { 'a second one does it': { attachedPolicies: [admin, managed('IAMFullAccess')] } },
    },
  },
});

testScene(control, scene);
