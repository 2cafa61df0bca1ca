import scene from '../../../scenes/iam/iam-role-administrator-access-restricted.ts';
import control from '../../../shared/controls/iam/iam-role-administrator-access-restricted.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const managed = (PolicyName: string) => ({ PolicyName, PolicyArn: `arn:aws:iam::aws:policy/${PolicyName}` });
const admin = managed('AdministratorAccess');
const inline = (PolicyName: string, Action: string) => ({
  PolicyName,
  PolicyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }),
});
const none = { path: '/', attachedPolicies: [], inlinePolicies: [] };

testControl(control, {
  resourceId: 'Deployer',
  compliant: {
    'no policies': none,
    'policies that allow less': {
      ...none,
      attachedPolicies: [managed('PowerUserAccess')],
      inlinePolicies: [inline('own', 's3:*')],
    },
    'a role that may': { ...none, attachedPolicies: [admin], parameters: { allowedNames: ['Deploy??'] } },
  },
  notApplicable: {
    'a role of IAM Identity Center': { ...none, path: '/aws-reserved/sso.amazonaws.com/', attachedPolicies: [admin] },
    'a role of a service': { ...none, path: '/aws-service-role/elasticache.amazonaws.com/', attachedPolicies: [admin] },
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
    'a role whose path only looks like one of AWS': {
      given: { ...none, path: '/service-role/', attachedPolicies: [admin] },
      plan: [],
    },
  },
});

testScene(control, scene);
