import scene from '../../../scenes/iam/iam-policy-admin-statements-prohibited.ts';
import control from '../../../shared/controls/iam/iam-policy-admin-statements-prohibited.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const PolicyArn = 'arn:aws:iam::111122223333:policy/deploy-all';
const documentOf = (statement: object) => JSON.stringify({ Statement: [{ Effect: 'Allow', ...statement }] });
const ALL = documentOf({ Action: '*', Resource: '*' });
const SOME = documentOf({ Action: 's3:*', Resource: '*' });
const BUT = documentOf({ NotAction: 'iam:*', Resource: '*' });

const version = (number: number, Document: string) => ({
  VersionId: `v${number}`,
  Document,
  CreateDate: `2025-01-${String(number).padStart(2, '0')}T00:00:00.000Z`,
});
const inForce = (number: number, Document: string) => ({ VersionId: `v${number}`, Document });

testControl(control, {
  resourceId: PolicyArn,
  compliant: {
    'all of one service': { defaultVersion: inForce(1, SOME) },
  },
  nonCompliant: {
    'everything, after two versions that allow less': {
      given: { defaultVersion: inForce(11, ALL), otherVersions: [version(10, SOME), version(9, SOME)] },
      plan: [['SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v10' }]],
      elements: [['default version']],
      undo: [['SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v11' }]],
      after: { defaultVersion: inForce(10, SOME) },
      says: 'Version v11 of the policy allows every action on every resource.',
      other: { 'another version does': { defaultVersion: inForce(12, ALL) } },
    },
    'everything, after a version that allows nearly everything and one that allows less': {
      given: { defaultVersion: inForce(3, ALL), otherVersions: [version(2, BUT), version(1, SOME)] },
      plan: [['SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v1' }]],
      after: { defaultVersion: inForce(1, SOME) },
    },
    'everything, before a version that allows less': {
      given: { defaultVersion: inForce(1, ALL), otherVersions: [version(2, SOME)] },
      plan: [],
      byHand: 'No earlier version',
    },
    'everything, from the first': {
      given: { defaultVersion: inForce(1, ALL), otherVersions: [] },
      plan: [],
      byHand: 'No earlier version',
    },
    'everything but some actions': {
      given: { defaultVersion: inForce(2, BUT), otherVersions: [version(1, SOME)] },
      plan: [],
      byHand: 'exceptions of the policy are enough',
      says: 'everything but what it names',
    },
  },
});

testScene(control, scene);
