import { expect, test } from '@jest/globals';
import scene from '../../../scenes/redshift/redshift-cluster-public-access-prohibited.ts';
import control from '../../../shared/controls/redshift/redshift-cluster-public-access-prohibited.ts';
import { MINUTE_MS } from '../../../shared/time.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const given = (PubliclyAccessible: boolean, ClusterStatus = 'available') => ({
  access: { ClusterStatus, PubliclyAccessible },
});
const modify = (PubliclyAccessible: boolean) =>
  [['ModifyCluster', { ClusterIdentifier: 'warehouse', PubliclyAccessible }]] as const;

testControl(control, {
  resourceId: 'warehouse',
  compliant: { private: given(false), 'private, and Redshift is at work on it': given(false, 'modifying') },
  notApplicable: { 'being deleted': given(true, 'deleting'), 'in its final snapshot': given(true, 'final-snapshot') },
  nonCompliant: {
    public: {
      given: given(true),
      plan: modify(false),
      after: given(false),
      undo: modify(true),
      says: 'PubliclyAccessible is true.',
      elements: [['PubliclyAccessible']],
      same: { 'while Redshift is at work': given(true, 'resizing') },
    },
    'public, while it is prepared for a resize': {
      given: given(true, 'available, prep-for-resize'),
      plan: modify(false),
      after: given(false),
    },
    'public and paused': {
      given: given(true, 'paused'),
      plan: [],
      byHand: 'Redshift does not change a cluster that is paused',
    },
  },
});

// ModifyCluster meanwhile: InvalidClusterState.
test('a cluster that Redshift is at work on is waited for', () => {
  const ref = {
    resourceType: 'AWS::Redshift::Cluster',
    resourceId: 'warehouse',
    accountId: '111122223333',
    region: 'eu-west-1',
  };
  const context = { parameters: {}, now: new Date(0), lastKnown: null };
  expect(control.evaluate({ ...given(true, 'resizing'), ref }, context).retryAfter).toBe(2 * MINUTE_MS);
});

testScene(control, scene);
