import scene from '../../../scenes/cloudfront/cloudfront-distribution-logging-enabled.ts';
import control from '../../../shared/controls/cloudfront/cloudfront-distribution-logging-enabled.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const given = (isLogging: boolean, webAclId: string | null, ...bucketsWithoutControl: string[]) => ({
  settings: { behaviors: [], minimumProtocolVersion: null, isLogging, webAclId, bucketsWithoutControl },
});

testControl(control, {
  resourceId: 'E2EXAMPLE1DIST',
  region: 'us-east-1',
  compliant: {
    'all of it': given(true, 'acl'),
    'no logs, where they are not required': { ...given(false, 'acl'), parameters: { required: ['webAcl'] } },
    'nothing, where nothing is required': { ...given(false, null, 'assets'), parameters: { required: [] } },
  },
  nonCompliant: {
    'no logs': {
      given: given(false, 'acl'),
      plan: [],
      says: 'The distribution has no standard logging.',
      other: { 'and no web ACL': given(false, null) },
    },
    'no web ACL': { given: given(true, null), plan: [], says: 'The distribution has no web ACL.' },
    'a bucket without access control': {
      given: given(true, 'acl', 'assets'),
      plan: [],
      says: 'no origin access control for the origin assets',
      other: { 'a second one': given(true, 'acl', 'assets', 'images') },
    },
    'nothing of it': {
      given: given(false, null, 'assets'),
      plan: [],
      says: 'no standard logging, no web ACL, no origin access control for the origin assets',
    },
  },
});

testScene(control, scene);
