import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import { expect, jest, test } from '@jest/globals';
import scene from '../../../scenes/cloudfront/cloudfront-distribution-https-required.ts';
import control from '../../../shared/controls/cloudfront/cloudfront-distribution-https-required.ts';
import { distribution } from '../../../shared/resources/cloudfront/distribution.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const Id = 'E2EXAMPLE1DIST';
type Policy = 'allow-all' | 'https-only' | 'redirect-to-https';
type Version = 'TLSv1' | 'TLSv1.2_2021' | 'TLSv1.3_2025';

const configOf = (first: Policy, second: Policy | null = null, version: Version | null = null): DistributionConfig => ({
  CallerReference: 'web',
  Comment: 'the public site',
  Enabled: true,
  PriceClass: 'PriceClass_100',
  Origins: { Quantity: 1, Items: [{ Id: 'web', DomainName: 'origin.example.com' }] },
  DefaultCacheBehavior: { TargetOriginId: 'web', ViewerProtocolPolicy: first, Compress: true },
  CacheBehaviors:
    second === null
      ? { Quantity: 0 }
      : { Quantity: 1, Items: [{ PathPattern: '/api/*', TargetOriginId: 'web', ViewerProtocolPolicy: second }] },
  ViewerCertificate:
    version === null
      ? { CloudFrontDefaultCertificate: true, MinimumProtocolVersion: 'TLSv1' }
      : { ACMCertificateArn: 'arn:of-ours', SSLSupportMethod: 'sni-only', MinimumProtocolVersion: version },
});
const given = (first: Policy, second: Policy | null = null, version: Version | null = null) => ({
  settings: {
    behaviors: [
      { path: '*', viewerProtocolPolicy: first },
      ...(second === null ? [] : [{ path: '/api/*', viewerProtocolPolicy: second }]),
    ],
    minimumProtocolVersion: version,
    isLogging: true,
    webAclId: null,
    bucketsWithoutControl: [],
  },
  config: { etag: 'E1TAG', config: configOf(first, second, version), unknown: [] as readonly string[] },
});
const updated = (IfMatch: string, DistributionConfig: DistributionConfig) =>
  ['UpdateDistribution', { Id, IfMatch, DistributionConfig }] as const;
const open = given('allow-all');

// AWS: somebody else's change meanwhile is PreconditionFailed, which passes: the configuration is read again. A viewer
// that asks by HTTP gets 301, or 307 for what is no GET or HEAD. The edge takes some minutes to follow.
testControl(control, {
  resourceId: Id,
  region: 'us-east-1',
  answers: { UpdateDistribution: { ETag: 'E2TAG' } },
  compliant: {
    'HTTPS alone': given('https-only', 'redirect-to-https'),
    'with a current policy': given('redirect-to-https', null, 'TLSv1.2_2021'),
  },
  nonCompliant: {
    'HTTP for all': {
      given: open,
      plan: [updated('E1TAG', configOf('redirect-to-https'))],
      undo: [updated('E2TAG', configOf('allow-all'))],
      elements: [['viewer protocol policy *']],
      after: given('redirect-to-https'),
      says: 'HTTPS or a current TLS policy is not required: HTTP is allowed for *.',
      other: { 'for one path too': { settings: given('allow-all', 'allow-all').settings } },
    },
    'HTTP for one path': {
      given: given('https-only', 'allow-all', 'TLSv1.3_2025'),
      plan: [updated('E1TAG', configOf('https-only', 'redirect-to-https', 'TLSv1.3_2025'))],
      after: given('https-only', 'redirect-to-https', 'TLSv1.3_2025'),
      says: 'HTTP is allowed for /api/*',
    },
    'an outdated policy': {
      given: given('https-only', null, 'TLSv1'),
      plan: [],
      byHand: 'The parameter minimumProtocolVersion is empty.',
      says: 'the TLS policy is TLSv1',
    },
    'an outdated policy that is to be raised, and HTTP': {
      given: given('allow-all', null, 'TLSv1'),
      parameters: { minimumProtocolVersion: 'TLSv1.2_2021' },
      plan: [updated('E1TAG', configOf('redirect-to-https', null, 'TLSv1.2_2021'))],
      elements: [['viewer protocol policy *', 'minimum protocol version']],
      after: given('redirect-to-https', null, 'TLSv1.2_2021'),
    },
    'HTTP, where a current policy is named': {
      given: given('allow-all', null, 'TLSv1.3_2025'),
      parameters: { minimumProtocolVersion: 'TLSv1.2_2021' },
      plan: [updated('E1TAG', configOf('redirect-to-https', null, 'TLSv1.3_2025'))],
      after: given('redirect-to-https', null, 'TLSv1.3_2025'),
    },
    'headers for an origin': {
      given: { ...open, config: null },
      plan: [],
      byHand: 'It adds headers for an origin, whose values may be secret.',
    },
    'a member that is not known': {
      given: { ...open, config: { ...open.config, unknown: ['Quantum'] } },
      plan: [],
      byHand: 'It has members that this version does not know: Quantum.',
    },
  },
});

test.each<[string, object, object, object | null, object | null]>([
  [
    'what was open is open again, and nothing else',
    given('allow-all', 'https-only'),
    given('redirect-to-https', 'https-only'),
    { etag: 'E9', config: configOf('redirect-to-https', 'https-only'), unknown: [] },
    { IfMatch: 'E9', DistributionConfig: configOf('allow-all', 'https-only') },
  ],
  [
    'the TLS policy is the former again',
    given('https-only', null, 'TLSv1'),
    given('https-only', null, 'TLSv1.2_2021'),
    { etag: 'E9', config: configOf('https-only', null, 'TLSv1.2_2021'), unknown: [] },
    { IfMatch: 'E9', DistributionConfig: configOf('https-only', null, 'TLSv1') },
  ],
  ['with headers for an origin it is not known', open, given('redirect-to-https'), null, null],
  [
    'with a member that this version does not know neither',
    open,
    given('redirect-to-https'),
    { etag: 'E9', config: configOf('redirect-to-https'), unknown: ['Quantum'] },
    null,
  ],
])('where the answer was lost, %s', async (_, before, after, read, undo) => {
  const readConfig = jest.spyOn(distribution.facets.config, 'read').mockResolvedValue(read as never);
  const ref = { resourceType: distribution.type, resourceId: Id, accountId: '123456789012', region: 'us-east-1' };
  const noCalls = () => {
    throw new Error('only the configuration is read');
  };
  expect(await control.undoCalls?.[0]?.lost?.input(before, after, noCalls, ref)).toEqual(undo);
  readConfig.mockRestore();
});

testScene(control, scene);
