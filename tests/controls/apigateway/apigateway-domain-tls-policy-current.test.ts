import { expect, test } from '@jest/globals';
import scene from '../../../scenes/apigateway/apigateway-domain-tls-policy-current.ts';
import control from '../../../shared/controls/apigateway/apigateway-domain-tls-policy-current.ts';
import { MINUTE_MS } from '../../../shared/time.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

type Policy =
  | 'SecurityPolicy_TLS12_2018_EDGE'
  | 'SecurityPolicy_TLS12_PFS_2025_EDGE'
  | 'SecurityPolicy_TLS13_1_2_2021_06'
  | 'TLS_1_0'
  | 'TLS_1_2';
const given = (securityPolicy: Policy, domainNameStatus: 'AVAILABLE' | 'UPDATING' = 'AVAILABLE') => ({
  tls: { securityPolicy, domainNameStatus },
});
const put = (value: string) =>
  [
    [
      'UpdateDomainName',
      { domainName: 'api.example.com', patchOperations: [{ op: 'replace', path: '/securityPolicy', value }] },
    ],
  ] as const;
const parameters = { requireRecent: true };

testControl(control, {
  resourceId: 'api.example.com',
  compliant: {
    'TLS 1.2': given('TLS_1_2'),
    'TLS 1.3, as the policy asks': { ...given('SecurityPolicy_TLS13_1_2_2021_06'), parameters },
    'TLS 1.2 with forward secrecy alone': { ...given('SecurityPolicy_TLS12_PFS_2025_EDGE'), parameters },
  },
  nonCompliant: {
    'TLS 1.0': {
      given: given('TLS_1_0'),
      plan: put('TLS_1_2'),
      after: given('TLS_1_2'),
      undo: put('TLS_1_0'),
      says: 'The security policy is TLS_1_0.',
      elements: [['securityPolicy']],
      same: { 'while API Gateway updates it': given('TLS_1_0', 'UPDATING') },
    },
    'TLS 1.2, where the policy asks for more': {
      given: given('TLS_1_2'),
      parameters,
      plan: [],
      byHand: 'A person has to choose a policy for TLS 1.3',
      other: { 'an older one': given('SecurityPolicy_TLS12_2018_EDGE') },
    },
  },
});

// UpdateDomainName meanwhile: ConflictException.
test('a domain name that API Gateway is updating is waited for', () => {
  const ref = {
    resourceType: 'AWS::ApiGateway::DomainName',
    resourceId: 'api.example.com',
    accountId: '111122223333',
    region: 'eu-west-1',
  };
  const context = { parameters: { requireRecent: false }, now: new Date(0), lastKnown: null };
  expect(control.evaluate({ ...given('TLS_1_0', 'UPDATING'), ref }, context).retryAfter).toBe(5 * MINUTE_MS);
});

testScene(control, scene);
