import { expect, test } from '@jest/globals';
import scene from '../../../scenes/accessanalyzer/accessanalyzer-analyzer-enabled.ts';
import control from '../../../shared/controls/accessanalyzer/accessanalyzer-analyzer-enabled.ts';
import { SAMPLE_ACCOUNT } from '../../support/samples.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const analyzer = (name: string, type: 'ACCOUNT' | 'ORGANIZATION', status = 'ACTIVE') => ({ name, type, status });
const create = (analyzerName: string) => ['CreateAnalyzer', { analyzerName, type: 'ACCOUNT' }] as const;

testControl(control, {
  resourceId: SAMPLE_ACCOUNT,
  compliant: {
    'one of the account': { analyzers: [analyzer('outside', 'ACCOUNT')] },
    'one of the organization': { analyzers: [analyzer('all', 'ORGANIZATION')] },
    'one that works beside one that does not': {
      analyzers: [analyzer('all', 'ORGANIZATION', 'DISABLED'), analyzer('outside', 'ACCOUNT')],
    },
  },
  nonCompliant: {
    none: {
      given: { analyzers: [] },
      plan: [create('external-access')],
      elements: [['analyzer']],
      undo: [['DeleteAnalyzer', { analyzerName: 'external-access' }]],
      after: { analyzers: [analyzer('external-access', 'ACCOUNT')] },
      says: 'No analyzer looks for external access in eu-west-1.',
      other: { 'one that does not work': { analyzers: [analyzer('outside', 'ACCOUNT', 'FAILED')] } },
    },
    'none, where there was one': {
      given: { analyzers: [] },
      lastKnown: { analyzers: [analyzer('all', 'ORGANIZATION'), analyzer('outside', 'ACCOUNT')] },
      plan: [create('outside')],
      after: { analyzers: [analyzer('outside', 'ACCOUNT')] },
    },
    'one of the organization that is not trusted any more': {
      given: { analyzers: [analyzer('all', 'ORGANIZATION', 'DISABLED')] },
      plan: [create('external-access')],
      after: { analyzers: [analyzer('all', 'ORGANIZATION', 'DISABLED'), analyzer('external-access', 'ACCOUNT')] },
      says: 'The analyzer all in eu-west-1 is DISABLED.',
    },
    // AWS takes one of a type in an account and region: ServiceQuotaExceededException.
    'one that failed': {
      given: { analyzers: [analyzer('outside', 'ACCOUNT', 'FAILED')] },
      plan: [],
      byHand: 'allows no second one',
      says: 'is FAILED.',
    },
  },
  besides: { 'iam:CreateServiceLinkedRole': 'CreateAnalyzer creates the role of Access Analyzer where there is none' },
});

test('one that is being created is waited for', () => {
  const ref = {
    resourceType: 'AWS::::Account',
    resourceId: SAMPLE_ACCOUNT,
    accountId: SAMPLE_ACCOUNT,
    region: 'eu-west-1',
  };
  const state = { ref, analyzers: [analyzer('all', 'ORGANIZATION', 'CREATING')] };
  const evaluation = control.evaluate(state, { parameters: {}, now: new Date(), lastKnown: null });
  expect(evaluation).toMatchObject({ complianceType: 'NON_COMPLIANT', retryAfter: 60_000 });
});

testScene(control, scene);
